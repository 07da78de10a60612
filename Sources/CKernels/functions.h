// Functions of sixteen lanes, written once over lanes_*.h: the roundings are those of scalar.c, in its order. They take
// `count` vectors (a constant) side by side, step by step: each step of a vector waits for its last one, meanwhile the
// CPU does those of the others. How many are best depends on the registers: SIDE_BY_SIDE in lanes_*.h.
#pragma once
#include "constants.h"

LANE i32x16 f_round(f32x16 v) { return i_sub(f_bits(f_add(v, f_set(ROUNDING))), i_set(ROUNDING_BITS)); }

/// t = 2^t for t <= E_LIMIT.
LANE void exp2_below(f32x16 *t, int count) {
    f32x16 shifted[SIDE_BY_SIDE], p[SIDE_BY_SIDE];
    EACH(i, count) t[i] = f_max(t[i], f_set(-E_LIMIT));
    EACH(i, count) shifted[i] = f_add(t[i], f_set(ROUNDING));
    EACH(i, count) t[i] = f_sub(t[i], f_sub(shifted[i], f_set(ROUNDING)));
    EACH(i, count) p[i] = f_add(f_mul(t[i], f_set(E5)), f_set(E4));
    EACH(i, count) p[i] = f_add(f_mul(p[i], t[i]), f_set(E3));
    EACH(i, count) p[i] = f_add(f_mul(p[i], t[i]), f_set(E2));
    EACH(i, count) p[i] = f_add(f_mul(p[i], t[i]), f_set(E1));
    EACH(i, count) p[i] = f_add(f_mul(p[i], t[i]), f_set(1.0f));
    // The constant's own bits vanish in the shift: 0x4B400000 << 23 is 0.
    EACH(i, count) t[i] = i_as_float(i_add(f_bits(p[i]), i_shift_left(f_bits(shifted[i]), 23)));
}

LANE void exp2_each(f32x16 *t, int count) {
    EACH(i, count) t[i] = f_min(t[i], f_set(E_LIMIT));
    exp2_below(t, count);
}

LANE f32x16 f_exp2(f32x16 t) {
    exp2_each(&t, 1);
    return t;
}

LANE void gelu_tanh(f32x16 *x, int count) {
    f32x16 t[SIDE_BY_SIDE];
    EACH(i, count) t[i] = f_mul(x[i], x[i]);
    EACH(i, count) t[i] = f_add(f_mul(t[i], f_set(G2)), f_set(G1));
    EACH(i, count) t[i] = f_mul(x[i], t[i]);
    exp2_each(t, count);
    EACH(i, count) t[i] = f_add(f_set(1.0f), t[i]);
    EACH(i, count) x[i] = f_div(x[i], t[i]);
}

LANE f32x16 f_gelu_erf(f32x16 x) {
    f32x16 t = f_div(f_set(1.0f), f_add(f_set(1.0f), f_mul(f_abs(x), f_set(ERF_P))));
    f32x16 q = f_add(f_mul(t, f_set(A5)), f_set(A4));
    q = f_add(f_mul(q, t), f_set(A3));
    q = f_add(f_mul(q, t), f_set(A2));
    q = f_add(f_mul(q, t), f_set(A1));
    q = f_mul(f_mul(q, t), f_exp2(f_mul(f_mul(x, x), f_set(ERF_E))));
    f32x16 half = f_mul(f_set(0.5f), q);
    return f_mul(x, f_where_negative(x, half, f_sub(f_set(1.0f), half)));
}

LANE void activate(f32x16 *x, int count, kernel_activation activation) {
    switch (activation) {
    case KERNEL_ACTIVATION_GELU_TANH: gelu_tanh(x, count); break;
    case KERNEL_ACTIVATION_GELU_ERF: EACH(i, count) x[i] = f_gelu_erf(x[i]); break;
    case KERNEL_ACTIVATION_RELU: EACH(i, count) x[i] = f_add(f_max(x[i], f_set(0.0f)), f_set(0.0f)); break;
    case KERNEL_ACTIVATION_NONE: break;
    }
}

LANE f32x16 f_activate(f32x16 x, kernel_activation activation) {
    activate(&x, 1, activation);
    return x;
}

LANE f32x16 f_tanh(f32x16 x) {
    f32x16 t = f_exp2(f_mul(f_abs(x), f_set(-2.0f * LOG2_E)));
    f32x16 y = f_div(f_sub(f_set(1.0f), t), f_add(f_set(1.0f), t));
    return f_where_negative(x, f_mul(y, f_set(-1.0f)), y);
}
