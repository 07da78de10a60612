// Functions of sixteen lanes, written once over lanes_*.h: the roundings are those of scalar.c, in its order.
#pragma once
#include "ckernels.h"
#include "constants.h"

LANE i32x16 f_round(f32x16 v) { return i_sub(f_bits(f_add(v, f_set(ROUNDING))), i_set(ROUNDING_BITS)); }

/// 2^t for t <= E_LIMIT.
LANE f32x16 f_exp2_below(f32x16 t) {
    t = f_max(t, f_set(-E_LIMIT));
    f32x16 shifted = f_add(t, f_set(ROUNDING));
    f32x16 f = f_sub(t, f_sub(shifted, f_set(ROUNDING)));
    f32x16 p = f_add(f_mul(f, f_set(E5)), f_set(E4));
    p = f_add(f_mul(p, f), f_set(E3));
    p = f_add(f_mul(p, f), f_set(E2));
    p = f_add(f_mul(p, f), f_set(E1));
    p = f_add(f_mul(p, f), f_set(1.0f));
    // The constant's own bits vanish in the shift: 0x4B400000 << 23 is 0.
    return i_as_float(i_add(f_bits(p), i_shift_left(f_bits(shifted), 23)));
}

LANE f32x16 f_exp2(f32x16 t) { return f_exp2_below(f_min(t, f_set(E_LIMIT))); }

LANE f32x16 f_gelu_tanh(f32x16 x) {
    f32x16 t = f_mul(x, f_add(f_mul(f_mul(x, x), f_set(G2)), f_set(G1)));
    return f_div(x, f_add(f_set(1.0f), f_exp2(t)));
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

LANE f32x16 f_activate(f32x16 x, kernel_activation activation) {
    switch (activation) {
    case KERNEL_GELU_TANH: return f_gelu_tanh(x);
    case KERNEL_GELU_ERF: return f_gelu_erf(x);
    case KERNEL_RELU: return f_add(f_max(x, f_set(0.0f)), f_set(0.0f));
    default: return x;
    }
}

LANE f32x16 f_tanh(f32x16 x) {
    f32x16 t = f_exp2(f_mul(f_abs(x), f_set(-2.0f * LOG2_E)));
    f32x16 y = f_div(f_sub(f_set(1.0f), t), f_add(f_set(1.0f), t));
    return f_where_negative(x, f_mul(y, f_set(-1.0f)), y);
}
