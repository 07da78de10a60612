// Sixteen virtual lanes as four NEON registers (aarch64).
#pragma once
#include <arm_neon.h>
#include <stdint.h>
#include <string.h>

typedef struct { float32x4_t v[4]; } f32x16;
typedef struct { int32x4_t v[4]; } i32x16;
enum { SIDE_BY_SIDE = 1 };
#define LANE static inline __attribute__((always_inline))
#define FOUR(T, e) ({ T r; _Pragma("clang loop unroll(full)") for (int i = 0; i < 4; i++) r.v[i] = (e); r; })

/// All bits of the lanes below n of quarter i.
LANE uint32x4_t lane_mask(int i, int n) {
    static const int32_t index[4] = {0, 1, 2, 3};
    return vcltq_s32(vaddq_s32(vld1q_s32(index), vdupq_n_s32(4 * i)), vdupq_n_s32(n));
}

LANE f32x16 f_set(float v) { return FOUR(f32x16, vdupq_n_f32(v)); }
LANE f32x16 f_load(const float *p) { return FOUR(f32x16, vld1q_f32(p + 4 * i)); }
LANE f32x16 f_load_part(const float *p, int n) {
    float part[16] = {0};
    memcpy(part, p, (size_t)n * sizeof(float));
    return f_load(part);
}
LANE void f_store(float *p, f32x16 x) { for (int i = 0; i < 4; i++) vst1q_f32(p + 4 * i, x.v[i]); }
LANE void f_store_part(float *p, f32x16 x, int n) {
    float part[16];
    f_store(part, x);
    memcpy(p, part, (size_t)n * sizeof(float));
}
LANE f32x16 f_keep(f32x16 x, int n) {
    return FOUR(f32x16, vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(x.v[i]), lane_mask(i, n))));
}
LANE f32x16 f_add(f32x16 x, f32x16 y) { return FOUR(f32x16, vaddq_f32(x.v[i], y.v[i])); }
LANE f32x16 f_sub(f32x16 x, f32x16 y) { return FOUR(f32x16, vsubq_f32(x.v[i], y.v[i])); }
LANE f32x16 f_mul(f32x16 x, f32x16 y) { return FOUR(f32x16, vmulq_f32(x.v[i], y.v[i])); }
LANE f32x16 f_div(f32x16 x, f32x16 y) { return FOUR(f32x16, vdivq_f32(x.v[i], y.v[i])); }
LANE f32x16 f_min(f32x16 x, f32x16 y) { return FOUR(f32x16, vminq_f32(x.v[i], y.v[i])); }
LANE f32x16 f_max(f32x16 x, f32x16 y) { return FOUR(f32x16, vmaxq_f32(x.v[i], y.v[i])); }
LANE f32x16 f_abs(f32x16 x) { return FOUR(f32x16, vabsq_f32(x.v[i])); }
LANE f32x16 f_where_negative(f32x16 x, f32x16 y, f32x16 z) {
    return FOUR(f32x16, vbslq_f32(vcltzq_f32(x.v[i]), y.v[i], z.v[i]));
}
LANE i32x16 f_bits(f32x16 x) { return FOUR(i32x16, vreinterpretq_s32_f32(x.v[i])); }
LANE f32x16 i_as_float(i32x16 x) { return FOUR(f32x16, vreinterpretq_f32_s32(x.v[i])); }

LANE i32x16 i_set(int32_t v) { return FOUR(i32x16, vdupq_n_s32(v)); }
LANE i32x16 i_load(const int32_t *p) { return FOUR(i32x16, vld1q_s32(p + 4 * i)); }
LANE i32x16 i_load_s8(const int8_t *p) {
    int8x16_t v = vld1q_s8(p);
    int16x8_t low = vmovl_s8(vget_low_s8(v)), high = vmovl_s8(vget_high_s8(v));
    return (i32x16){{vmovl_s16(vget_low_s16(low)), vmovl_s16(vget_high_s16(low)), vmovl_s16(vget_low_s16(high)),
                     vmovl_s16(vget_high_s16(high))}};
}
LANE void i_store(int32_t *p, i32x16 x) { for (int i = 0; i < 4; i++) vst1q_s32(p + 4 * i, x.v[i]); }
LANE void i_store_bytes(uint8_t *p, i32x16 x) {
    int16x8_t low = vcombine_s16(vmovn_s32(x.v[0]), vmovn_s32(x.v[1]));
    int16x8_t high = vcombine_s16(vmovn_s32(x.v[2]), vmovn_s32(x.v[3]));
    vst1q_u8(p, vreinterpretq_u8_s8(vcombine_s8(vmovn_s16(low), vmovn_s16(high))));
}
LANE void store_levels(uint8_t *p, i32x16 x) {
    int16x8_t low = vcombine_s16(vqmovn_s32(x.v[0]), vqmovn_s32(x.v[1]));
    int16x8_t high = vcombine_s16(vqmovn_s32(x.v[2]), vqmovn_s32(x.v[3]));
    vst1q_u8(p, vmaxq_u8(vcombine_u8(vqmovun_s16(low), vqmovun_s16(high)), vdupq_n_u8(1)));
}
LANE void i_store_levels(uint8_t *p, i32x16 a, i32x16 b, i32x16 c, i32x16 d) {
    store_levels(p, a);
    store_levels(p + 16, b);
    store_levels(p + 32, c);
    store_levels(p + 48, d);
}
LANE void store_planes(uint8_t *high, uint8_t *low, i32x16 x) {
    uint16x8_t u = vcombine_u16(vqmovun_s32(x.v[0]), vqmovun_s32(x.v[1]));
    uint16x8_t v = vcombine_u16(vqmovun_s32(x.v[2]), vqmovun_s32(x.v[3]));
    vst1q_u8(high, vcombine_u8(vshrn_n_u16(u, 8), vshrn_n_u16(v, 8)));
    vst1q_u8(low, vcombine_u8(vmovn_u16(u), vmovn_u16(v)));
}
LANE void i_store_planes(uint8_t *high, uint8_t *low, i32x16 a, i32x16 b, i32x16 c, i32x16 d) {
    store_planes(high, low, a);
    store_planes(high + 16, low + 16, b);
    store_planes(high + 32, low + 32, c);
    store_planes(high + 48, low + 48, d);
}
LANE i32x16 i_add(i32x16 x, i32x16 y) { return FOUR(i32x16, vaddq_s32(x.v[i], y.v[i])); }
LANE i32x16 i_sub(i32x16 x, i32x16 y) { return FOUR(i32x16, vsubq_s32(x.v[i], y.v[i])); }
LANE i32x16 i_mul(i32x16 x, i32x16 y) { return FOUR(i32x16, vmulq_s32(x.v[i], y.v[i])); }
LANE i32x16 i_min(i32x16 x, i32x16 y) { return FOUR(i32x16, vminq_s32(x.v[i], y.v[i])); }
LANE i32x16 i_max(i32x16 x, i32x16 y) { return FOUR(i32x16, vmaxq_s32(x.v[i], y.v[i])); }
LANE i32x16 i_or(i32x16 x, i32x16 y) { return FOUR(i32x16, vorrq_s32(x.v[i], y.v[i])); }
LANE i32x16 i_and(i32x16 x, i32x16 y) { return FOUR(i32x16, vandq_s32(x.v[i], y.v[i])); }
LANE i32x16 i_keep(i32x16 x, int n) {
    return FOUR(i32x16, vandq_s32(x.v[i], vreinterpretq_s32_u32(lane_mask(i, n))));
}
// Macros, as the instructions want constants; the operand is bound first, since it may name an i of its own.
#define i_shift_left(x, n) ({ i32x16 of = (x); FOUR(i32x16, vshlq_n_s32(of.v[i], n)); })
#define i_shift_right(x, n) \
    ({ i32x16 of = (x); FOUR(i32x16, vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_s32(of.v[i]), n))); })
LANE f32x16 i_to_float(i32x16 x) { return FOUR(f32x16, vcvtq_f32_s32(x.v[i])); }

LANE float f_fold(f32x16 x) {
    float32x4_t v = vaddq_f32(vaddq_f32(x.v[0], x.v[2]), vaddq_f32(x.v[1], x.v[3]));
    float32x2_t w = vadd_f32(vget_low_f32(v), vget_high_f32(v));
    return vget_lane_f32(w, 0) + vget_lane_f32(w, 1);
}
LANE float f_min_lane(f32x16 x) { return vminvq_f32(vminq_f32(vminq_f32(x.v[0], x.v[1]), vminq_f32(x.v[2], x.v[3]))); }
LANE float f_max_lane(f32x16 x) { return vmaxvq_f32(vmaxq_f32(vmaxq_f32(x.v[0], x.v[1]), vmaxq_f32(x.v[2], x.v[3]))); }
LANE int32_t i_sum(i32x16 x) { return vaddvq_s32(vaddq_s32(vaddq_s32(x.v[0], x.v[1]), vaddq_s32(x.v[2], x.v[3]))); }

/// Strides 1 and 2 inside one register.
LANE float32x4_t hadamard_4(float32x4_t v) {
    static const uint32_t odd[4] = {0, ~0u, 0, ~0u}, upper[4] = {0, 0, ~0u, ~0u};
    float32x4_t t = vrev64q_f32(v);
    v = vbslq_f32(vld1q_u32(odd), vsubq_f32(t, v), vaddq_f32(v, t));
    t = vextq_f32(v, v, 2);
    return vbslq_f32(vld1q_u32(upper), vsubq_f32(t, v), vaddq_f32(v, t));
}
LANE f32x16 f_hadamard(f32x16 x) {
    float32x4_t a = hadamard_4(x.v[0]), b = hadamard_4(x.v[1]), c = hadamard_4(x.v[2]), d = hadamard_4(x.v[3]);
    float32x4_t e = vaddq_f32(a, b), f = vsubq_f32(a, b), g = vaddq_f32(c, d), h = vsubq_f32(c, d);
    return (f32x16){{vaddq_f32(e, g), vaddq_f32(f, h), vsubq_f32(e, g), vsubq_f32(f, h)}};
}
