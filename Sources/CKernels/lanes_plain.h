// Sixteen virtual lanes as an array, for CPUs whose vector floats are not IEEE 754: ARMv7's NEON flushes denormals,
// its scalar unit does not, and clang keeps loops over floats there.
#pragma once
#include <stdint.h>
#include <string.h>

typedef struct { float v[16]; } f32x16;
typedef struct { int32_t v[16]; } i32x16;
enum { SIDE_BY_SIDE = 1 };
#define LANES_IN_MEMORY
#define LANE static inline
#define ALL(T, e) ({ T r; for (int i = 0; i < 16; i++) r.v[i] = (e); r; })

LANE f32x16 f_set(float v) { return ALL(f32x16, v); }
LANE f32x16 f_load(const float *p) { return ALL(f32x16, p[i]); }
LANE f32x16 f_load_part(const float *p, int n) { return ALL(f32x16, i < n ? p[i] : 0.0f); }
LANE void f_store(float *p, f32x16 x) { memcpy(p, x.v, sizeof x.v); }
LANE void f_store_part(float *p, f32x16 x, int n) { memcpy(p, x.v, (size_t)n * sizeof(float)); }
LANE f32x16 f_keep(f32x16 x, int n) { return ALL(f32x16, i < n ? x.v[i] : 0.0f); }
LANE f32x16 f_add(f32x16 x, f32x16 y) { return ALL(f32x16, x.v[i] + y.v[i]); }
LANE f32x16 f_sub(f32x16 x, f32x16 y) { return ALL(f32x16, x.v[i] - y.v[i]); }
LANE f32x16 f_mul(f32x16 x, f32x16 y) { return ALL(f32x16, x.v[i] * y.v[i]); }
LANE f32x16 f_div(f32x16 x, f32x16 y) { return ALL(f32x16, x.v[i] / y.v[i]); }
LANE f32x16 f_min(f32x16 x, f32x16 y) { return ALL(f32x16, x.v[i] < y.v[i] ? x.v[i] : y.v[i]); }
LANE f32x16 f_max(f32x16 x, f32x16 y) { return ALL(f32x16, x.v[i] > y.v[i] ? x.v[i] : y.v[i]); }
LANE f32x16 f_abs(f32x16 x) { return ALL(f32x16, x.v[i] < 0 ? -x.v[i] : x.v[i]); }
LANE i32x16 f_bits(f32x16 x) { i32x16 r; memcpy(&r, &x, sizeof r); return r; }
LANE f32x16 i_as_float(i32x16 x) { f32x16 r; memcpy(&r, &x, sizeof r); return r; }
LANE f32x16 f_where_negative(f32x16 x, f32x16 y, f32x16 z) { return ALL(f32x16, x.v[i] < 0 ? y.v[i] : z.v[i]); }

LANE i32x16 i_set(int32_t v) { return ALL(i32x16, v); }
LANE i32x16 i_load(const int32_t *p) { return ALL(i32x16, p[i]); }
LANE i32x16 i_load_s8(const int8_t *p) { return ALL(i32x16, p[i]); }
LANE void i_store(int32_t *p, i32x16 x) { memcpy(p, x.v, sizeof x.v); }
LANE void i_store_bytes(uint8_t *p, i32x16 x) { for (int i = 0; i < 16; i++) p[i] = (uint8_t)x.v[i]; }
LANE void i_store_levels(uint8_t *p, i32x16 a, i32x16 b, i32x16 c, i32x16 d) {
    const i32x16 *all[4] = {&a, &b, &c, &d};
    for (int i = 0; i < 64; i++) {
        int32_t v = all[i / 16]->v[i % 16];
        p[i] = (uint8_t)(v < 1 ? 1 : v > 255 ? 255 : v);
    }
}
LANE void i_store_planes(uint8_t *high, uint8_t *low, i32x16 a, i32x16 b, i32x16 c, i32x16 d) {
    const i32x16 *all[4] = {&a, &b, &c, &d};
    for (int i = 0; i < 64; i++) {
        int32_t v = all[i / 16]->v[i % 16], clamped = v < 0 ? 0 : v > 65535 ? 65535 : v;
        high[i] = (uint8_t)(clamped >> 8);
        low[i] = (uint8_t)clamped;
    }
}
LANE i32x16 i_add(i32x16 x, i32x16 y) { return ALL(i32x16, (int32_t)((uint32_t)x.v[i] + (uint32_t)y.v[i])); }
LANE i32x16 i_sub(i32x16 x, i32x16 y) { return ALL(i32x16, (int32_t)((uint32_t)x.v[i] - (uint32_t)y.v[i])); }
LANE i32x16 i_mul(i32x16 x, i32x16 y) { return ALL(i32x16, (int32_t)((uint32_t)x.v[i] * (uint32_t)y.v[i])); }
LANE i32x16 i_min(i32x16 x, i32x16 y) { return ALL(i32x16, x.v[i] < y.v[i] ? x.v[i] : y.v[i]); }
LANE i32x16 i_max(i32x16 x, i32x16 y) { return ALL(i32x16, x.v[i] > y.v[i] ? x.v[i] : y.v[i]); }
LANE i32x16 i_or(i32x16 x, i32x16 y) { return ALL(i32x16, x.v[i] | y.v[i]); }
LANE i32x16 i_and(i32x16 x, i32x16 y) { return ALL(i32x16, x.v[i] & y.v[i]); }
LANE i32x16 i_keep(i32x16 x, int n) { return ALL(i32x16, i < n ? x.v[i] : 0); }
LANE i32x16 i_shift_left(i32x16 x, int n) { return ALL(i32x16, (int32_t)((uint32_t)x.v[i] << n)); }
LANE i32x16 i_shift_right(i32x16 x, int n) { return ALL(i32x16, (int32_t)((uint32_t)x.v[i] >> n)); }
LANE f32x16 i_to_float(i32x16 x) { return ALL(f32x16, (float)x.v[i]); }

LANE float f_fold(f32x16 x) {
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++) x.v[i] += x.v[i + half];
    return x.v[0];
}
LANE float f_min_lane(f32x16 x) {
    float r = x.v[0];
    for (int i = 1; i < 16; i++) r = x.v[i] < r ? x.v[i] : r;
    return r;
}
LANE float f_max_lane(f32x16 x) {
    float r = x.v[0];
    for (int i = 1; i < 16; i++) r = x.v[i] > r ? x.v[i] : r;
    return r;
}
LANE int32_t i_sum(i32x16 x) {
    uint32_t r = 0;
    for (int i = 0; i < 16; i++) r += (uint32_t)x.v[i];
    return (int32_t)r;
}
LANE f32x16 f_hadamard(f32x16 x) {
    for (int s = 1; s < 16; s *= 2)
        for (int i = 0; i < 16; i++)
            if (!(i & s)) {
                float a = x.v[i], b = x.v[i + s];
                x.v[i] = a + b;
                x.v[i + s] = a - b;
            }
    return x;
}
