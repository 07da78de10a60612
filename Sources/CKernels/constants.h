// Numbers that every kernel shares; formats/int8.md says where they come from.
#pragma once
#ifndef __clang__
#error "Albit's kernels need clang: bit-identity rests on its handling of FP_CONTRACT"
#endif

// Added to a float, it leaves the nearest integer (ties to even) in the low bits: |v| < 2^22.
#define ROUNDING 12582912.0f
#define ROUNDING_BITS 0x4B400000

#define LOG2_E 0x1.715476p+0f

// 2^f for |f| <= 1/2 as 1 + f (E1 + f (E2 + ...)), a minimax fit of degree 5 that is 1 at 0: relative error 9.2e-8.
#define E1 0x1.62e42ap-1f
#define E2 0x1.ebf9bcp-3f
#define E3 0x1.c6b752p-5f
#define E4 0x1.3cea88p-7f
#define E5 0x1.5bba14p-10f
// Exponents are kept inside this, so that 2^n never leaves the normal numbers.
#define E_LIMIT 125.0f

// GELU, tanh form: x / (1 + 2^(x (G1 + G2 x^2))), which is x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2.
#define G1 (-2.0f * 0.7978845608f * 1.44269504f)
#define G2 (-2.0f * 0.7978845608f * 1.44269504f * 0.044715f)

// GELU, erf form: 1 - erf(z) = t (A1 + t (A2 + ...)) exp(-z^2), t = 1 / (1 + P z), z = |x| / sqrt(2) >= 0:
// Abramowitz and Stegun, 7.1.26, absolute error 1.5e-7.
#define ERF_P (0.3275911f * 0.70710678f)
#define A1 0.254829592f
#define A2 (-0.284496736f)
#define A3 1.421413741f
#define A4 (-1.453152027f)
#define A5 1.061405429f
#define ERF_E (-0.5f * 1.44269504f)

// Smallest range that is quantized; below it a row is all zero.
#define TINY 1e-30f
