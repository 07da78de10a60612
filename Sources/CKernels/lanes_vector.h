// Sixteen virtual lanes as one of clang's vectors: the compiler splits it into as many registers as the instruction set
// needs (four of SSE, a group of RISC-V's). Not for ARMv7, whose vector floats flush denormals: see lanes_plain.h.
#pragma once
// All functions of these types are inlined, so that no vector is ever passed.
#pragma clang diagnostic ignored "-Wpsabi"
#include <stdint.h>
#include <string.h>

typedef float f32x16 __attribute__((ext_vector_type(16)));
typedef int32_t i32x16 __attribute__((ext_vector_type(16)));
typedef uint32_t u32x16 __attribute__((ext_vector_type(16)));
typedef uint8_t u8x16 __attribute__((ext_vector_type(16)));
typedef int8_t s8x16 __attribute__((ext_vector_type(16)));
enum { SIDE_BY_SIDE = 1 };
#define LANE static inline __attribute__((always_inline))

/// -1 in the lanes below n, 0 in the others.
LANE i32x16 lane_mask(int n) {
    const i32x16 index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return index < n;
}

LANE f32x16 f_set(float v) { return (f32x16)v; }
LANE f32x16 f_load(const float *p) { f32x16 x; memcpy(&x, p, sizeof x); return x; }
LANE f32x16 f_load_part(const float *p, int n) {
    float part[16] = {0};
    memcpy(part, p, (size_t)n * sizeof(float));
    return f_load(part);
}
LANE void f_store(float *p, f32x16 x) { memcpy(p, &x, sizeof x); }
LANE void f_store_part(float *p, f32x16 x, int n) {
    float part[16];
    f_store(part, x);
    memcpy(p, part, (size_t)n * sizeof(float));
}
LANE i32x16 f_bits(f32x16 x) { return (i32x16)x; }
LANE f32x16 i_as_float(i32x16 x) { return (f32x16)x; }
LANE f32x16 f_keep(f32x16 x, int n) { return i_as_float(f_bits(x) & lane_mask(n)); }
LANE f32x16 f_add(f32x16 x, f32x16 y) { return x + y; }
LANE f32x16 f_sub(f32x16 x, f32x16 y) { return x - y; }
LANE f32x16 f_mul(f32x16 x, f32x16 y) { return x * y; }
LANE f32x16 f_div(f32x16 x, f32x16 y) { return x / y; }
LANE f32x16 f_min(f32x16 x, f32x16 y) { return x < y ? x : y; }
LANE f32x16 f_max(f32x16 x, f32x16 y) { return x > y ? x : y; }
LANE f32x16 f_abs(f32x16 x) { return i_as_float(f_bits(x) & 0x7FFFFFFF); }
LANE i32x16 i_load(const int32_t *p) { i32x16 x; memcpy(&x, p, sizeof x); return x; }
LANE f32x16 f_where_negative(f32x16 x, f32x16 y, f32x16 z) { return x < 0.0f ? y : z; }

LANE i32x16 i_set(int32_t v) { return (i32x16)v; }
LANE i32x16 i_load_s8(const int8_t *p) { s8x16 x; memcpy(&x, p, sizeof x); return __builtin_convertvector(x, i32x16); }
LANE void i_store(int32_t *p, i32x16 x) { memcpy(p, &x, sizeof x); }
LANE void i_store_bytes(uint8_t *p, i32x16 x) {
    u8x16 bytes = __builtin_convertvector(x, u8x16);
    memcpy(p, &bytes, sizeof bytes);
}
// Unsigned, so that what does not fit wraps.
#define WRAPPING(x, op, y) ((i32x16)((u32x16)(x) op (u32x16)(y)))
LANE i32x16 i_add(i32x16 x, i32x16 y) { return WRAPPING(x, +, y); }
LANE i32x16 i_sub(i32x16 x, i32x16 y) { return WRAPPING(x, -, y); }
LANE i32x16 i_mul(i32x16 x, i32x16 y) { return WRAPPING(x, *, y); }
LANE i32x16 i_min(i32x16 x, i32x16 y) { return x < y ? x : y; }
LANE i32x16 i_max(i32x16 x, i32x16 y) { return x > y ? x : y; }
LANE i32x16 i_or(i32x16 x, i32x16 y) { return x | y; }
LANE i32x16 i_and(i32x16 x, i32x16 y) { return x & y; }
LANE i32x16 i_keep(i32x16 x, int n) { return x & lane_mask(n); }
LANE i32x16 i_shift_left(i32x16 x, int n) { return WRAPPING(x, <<, (u32x16)(uint32_t)n); }
LANE i32x16 i_shift_right(i32x16 x, int n) { return WRAPPING(x, >>, (u32x16)(uint32_t)n); }
LANE f32x16 i_to_float(i32x16 x) { return __builtin_convertvector(x, f32x16); }
LANE void i_store_levels(uint8_t *p, i32x16 a, i32x16 b, i32x16 c, i32x16 d) {
    const i32x16 all[4] = {a, b, c, d};
    for (int i = 0; i < 4; i++) i_store_bytes(p + 16 * i, i_max(i_min(all[i], i_set(255)), i_set(1)));
}
LANE void i_store_planes(uint8_t *high, uint8_t *low, i32x16 a, i32x16 b, i32x16 c, i32x16 d) {
    const i32x16 all[4] = {a, b, c, d};
    for (int i = 0; i < 4; i++) {
        i32x16 clamped = i_max(i_min(all[i], i_set(65535)), i_set(0));
        i_store_bytes(high + 16 * i, i_shift_right(clamped, 8));
        i_store_bytes(low + 16 * i, clamped);
    }
}

/// Folds the lanes by halves with an operation on vectors of 8, 4 and 2.
#define FOLD(TYPE, lanes, OP)                                \
    ({                                                       \
        typedef TYPE x8 __attribute__((ext_vector_type(8))); \
        typedef TYPE x4 __attribute__((ext_vector_type(4))); \
        x8 v8 = OP((lanes).lo, (lanes).hi);                  \
        x4 v4 = OP(v8.lo, v8.hi);                            \
        TYPE a = OP(v4.x, v4.z), b = OP(v4.y, v4.w);         \
        OP(a, b);                                            \
    })
#define SUM_OF(a, b) ((a) + (b))
#define MIN_OF(a, b) ((a) < (b) ? (a) : (b))
#define MAX_OF(a, b) ((a) > (b) ? (a) : (b))
LANE float f_fold(f32x16 x) { return FOLD(float, x, SUM_OF); }
LANE float f_min_lane(f32x16 x) { return FOLD(float, x, MIN_OF); }
LANE float f_max_lane(f32x16 x) { return FOLD(float, x, MAX_OF); }
LANE int32_t i_sum(i32x16 x) { return (int32_t)FOLD(uint32_t, (u32x16)x, SUM_OF); }

/// One stage of butterflies: t are the partners of x, lanes of `upper` become t - x, the others t + x.
#define STAGE(x, upper, ...)                                                 \
    ({                                                                       \
        f32x16 t = __builtin_shufflevector(x, x, __VA_ARGS__);               \
        t + i_as_float(f_bits(x) ^ ((i32x16)(upper) & (int32_t)0x80000000)); \
    })
LANE f32x16 f_hadamard(f32x16 x) {
    const i32x16 index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    x = STAGE(x, (index & 1) != 0, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
    x = STAGE(x, (index & 2) != 0, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
    x = STAGE(x, (index & 4) != 0, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
    return STAGE(x, (index & 8) != 0, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}
