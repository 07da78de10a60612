#!/usr/bin/env python3
"""The arithmetic of int8.md on small matrices: a row through shift, gains, rotation, integers and back to floats; what
heads are balanced by; weights rounded for both of their sides.

usage: int8-example.py      needs: numpy
"""
import numpy as np

rng = np.random.default_rng(1)
K, N, BLOCK = 256, 32, 256
f32 = np.float32

# Inputs with an outlier channel that hardly moves, as in ALBERT's hidden state.
x = rng.standard_normal(K).astype(f32)
x[7] = f32(-11.5 + 0.7 * rng.standard_normal())
W = (0.05 * rng.standard_normal((N, K))).astype(f32)
b = rng.standard_normal(N).astype(f32)
exact = W.astype(float) @ x + b

signs = np.where(rng.integers(0, 2, K) == 1, f32(-1), f32(1))


def rotate(v):
    """Signs, then Walsh-Hadamard in one block, unnormalised."""
    v = (v * signs).astype(f32)
    stride = 1
    while stride < BLOCK:
        pairs = v.reshape(-1, 2, stride)
        v = np.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]], 1).reshape(-1)
        stride *= 2
    return v


def quantize_row(y):
    lo, hi = min(f32(0), y.min()), max(f32(0), y.max())
    scale, r = (hi - lo) / f32(254), f32(254) / (hi - lo)
    zero = 1 + int(np.rint(-lo * r))
    return np.clip(np.rint(y * r).astype(int) + zero, 1, 255), scale, zero


def quantize_weights(M):
    scale = np.abs(M).max(1) / f32(127)
    return np.clip(np.rint(M / scale[:, None]), -127, 127).astype(int), scale


def matmul(y, M, bias):
    u, scale, zero = quantize_row(y)
    w, weight_scale = quantize_weights(M)
    acc = w @ u - zero * w.sum(1)
    assert np.abs(acc).max() < 2**31
    return (acc.astype(f32) * weight_scale) * scale + bias


def report(name, result):
    error = np.linalg.norm(result - exact) / np.linalg.norm(exact)
    print(f"{name:28} relative error {error:.5f}")
    return error


mu = np.zeros(K, f32)
mu[7] = -11.5
rotated = np.stack([rotate(row) for row in W]) / f32(BLOCK)
alone = report("integers alone", matmul(x, W, b))
shifted = report("with shift", matmul(x - mu, W, b + W @ mu))
both = report("with shift and rotation", matmul(rotate(x - mu), rotated, b + W @ mu))
# One channel holds most of the range here: without its mean, a step is about half as wide. The rotation gains where
# many channels differ; it must not lose what the shift gained.
assert shifted < 0.6 * alone and both < 0.6 * alone

# Section 5, gains: channels differ in energy and in what their errors come to. The gains multiply where the signs flip,
# the weights are divided by them.
energy = np.exp(rng.standard_normal(K))
slope = np.exp(rng.standard_normal(K))
rows = (np.sqrt(energy) * rng.standard_normal((64, K))).astype(f32)
gains = (slope / energy) ** 0.25
gains = np.clip(gains / np.exp(np.log(gains).mean()), 0.25, 4).astype(np.float16).astype(f32)
assert np.allclose(np.stack([rotate(row / gains) for row in W]) / BLOCK @ rotate(rows[0] * gains), W @ rows[0], atol=1e-4)


def damage(d):
    """Squared errors of the rows' channels, each as often as it matters."""
    total = 0.0
    for row in rows:
        u, scale, zero = quantize_row(rotate(row * d))
        back = rotate_back((u - zero) * scale) / d
        total += (slope * (back - row) ** 2).sum()
    return total


def rotate_back(v):
    """The Walsh-Hadamard transform is its own inverse, up to the block."""
    stride, v = 1, v.astype(float)
    while stride < BLOCK:
        pairs = v.reshape(-1, 2, stride)
        v = np.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]], 1).reshape(-1)
        stride *= 2
    return v * signs / BLOCK


alone, with_gains = damage(np.ones(K, f32)), damage(gains)
print(f"{'gains':28} weighted squared error {with_gains / alone:.2f} of that without")
assert with_gains < 0.9 * alone

# Section 6: the matrix that a head's vectors are multiplied by.
d = 16


def power(S, p):
    values, vectors = np.linalg.eigh(S)
    return vectors * values**p @ vectors.T


A, B = rng.standard_normal((2, d, 3 * d)) * np.exp(rng.standard_normal((2, d, 1)))
S, M = A @ A.T, B @ B.T
Z = power(S, -0.5) @ power(power(S, 0.5) @ M @ power(S, 0.5), 0.5) @ power(S, -0.5)
assert np.allclose(Z @ S @ Z, M)
root, inverse = power(Z, 0.5), power(Z, -0.5)
plain = np.trace(S) * np.trace(M)
balanced = np.trace(root @ S @ root) * np.trace(inverse @ M @ inverse)
print(f"{'balanced head':28} expected damage {balanced / plain:.2f} of that of a rotation")
assert balanced < plain

# Section 8: rounding for the inputs (H) and the outputs (G), against the nearest integers.


def factor(H):
    """U of (U + I) D (U + I)^T, strictly upper triangular."""
    root = np.linalg.cholesky(H[::-1, ::-1])[::-1, ::-1]
    return root / np.diag(root) - np.eye(len(H))


def metric(n):
    x = rng.standard_normal((4 * n, 6)) @ rng.standard_normal((6, n)) + 0.3 * rng.standard_normal((4 * n, n))
    H = x.T @ x
    return H + 0.1 * np.trace(H) / n * np.eye(n)


def ldlq(M, H, G=None):
    scale = np.abs(M).max(1) / 127
    U, V = factor(H), factor(G) if G is not None else np.zeros((len(M), len(M)))
    w, B = np.zeros_like(M), np.zeros_like(M)
    for r in range(len(M)):
        base, error = V[:r, r] @ B[:r], np.zeros(M.shape[1])
        for k in range(M.shape[1]):
            target = M[r, k] + base[k] + error[:k] @ U[:k, k]
            w[r, k] = np.clip(np.rint(target / scale[r]), -127, 127) * scale[r]
            error[k] = M[r, k] - w[r, k]
        B[r] = error @ (U + np.eye(len(U)))
    return w


M = rng.standard_normal((24, 40))
H, G = metric(40), metric(24)
nearest = np.rint(M / np.abs(M).max(1, keepdims=True) * 127) * np.abs(M).max(1, keepdims=True) / 127
found = [np.trace(G @ (M - w) @ H @ (M - w).T) for w in (nearest, ldlq(M, H), ldlq(M, H, G))]
print(f"{'rounding':28} damage 1, with feedback {found[1] / found[0]:.2f}, on both sides {found[2] / found[0]:.2f}")
assert found[2] < found[1] < found[0]
