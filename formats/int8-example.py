#!/usr/bin/env python3
"""One row and one matrix through the arithmetic of int8.md: shift, rotation, integers, and back to floats.

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
