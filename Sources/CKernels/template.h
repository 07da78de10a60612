// What a kernel's file includes after its lanes: see include/kernel_table.h for the contract and the order.
#pragma once
#include "table.h"

/// A loop of a constant count that is unrolled, so that what it indexes lives in registers.
#define EACH(i, count) _Pragma("clang loop unroll(full)") for (int i = 0; i < count; i++)

/// How loops over values of sixteen lanes go: each value may be registers, or it lies in memory (lanes_plain.h), where
/// a loop does the same in a twentieth of the bytes, and stays in the instruction cache of a small ARM.
#ifdef LANES_IN_MEMORY
#define UNROLL_VALUES _Pragma("clang loop unroll(disable)")
#else
#define UNROLL_VALUES _Pragma("clang loop unroll(full)")
#endif
#define EACH_VALUE(i, count) UNROLL_VALUES for (int i = 0; i < count; i++)

#include "rows.h"

/// The word at an address that is a multiple of 4.
LANE uint32_t word_at(const void *p) {
    uint32_t word;
    memcpy(&word, __builtin_assume_aligned(p, 4), 4);
    return word;
}

/// From sums to floats: ((sum - zero * column_sum) * scale) * row_scale + bias, then the activation.
typedef struct {
    const int32_t *column_sum;  // [n]
    const float *scale;         // [n]
    const float *bias;          // [n] or null
    const int32_t *zero;        // per row
    const float *row_scale;     // per row
    kernel_activation activation;
} tile_steps;

/// The steps of one row with one panel, from the sums of (u - offset) * w of its planes.
LANE void finish_panel(i32x16 high, i32x16 low, int two, int32_t offset, const tile_steps *steps, int32_t j,
                       int32_t row, float *out) {
    i32x16 sum = i_load(steps->column_sum + j);
    int32_t zero = steps->zero[row];
    high = i_sub(high, i_mul(sum, i_set((two ? zero >> 8 : zero) - offset)));
    f32x16 f = i_to_float(high);
    if (two) {
        low = i_sub(low, i_mul(sum, i_set((zero & 255) - offset)));
        f = f_add(f_mul(f, f_set(256.0f)), i_to_float(low));
    }
    f = f_mul(f_mul(f, f_load(steps->scale + j)), f_set(steps->row_scale[row]));
    if (steps->bias) f = f_add(f, f_load(steps->bias + j));
    f_store(out, f_activate(f, steps->activation));
}

/// panel_sums of up to R rows, given as ROWS, from SUMS(R), which defines sums_R for exactly R: code that knows its row
/// count.
#define PANEL_SUMS(R, ROWS)                                                                 \
    UP_TO_##R(SUMS)                                                                         \
    LANE void panel_sums(ROWS x, int32_t count, const int8_t *w, int32_t k, i32x16 *sums) { \
        switch (count) { UP_TO_##R(CASE_OF_SUMS) }                                          \
    }
#define CASE_OF_SUMS(R) case R: sums_##R(x, w, k, sums); break;
#define UP_TO_1(M) M(1)
#define UP_TO_2(M) UP_TO_1(M) M(2)
#define UP_TO_3(M) UP_TO_2(M) M(3)
#define UP_TO_4(M) UP_TO_3(M) M(4)
#define UP_TO_5(M) UP_TO_4(M) M(5)
#define UP_TO_6(M) UP_TO_5(M) M(6)

/// peak(): COUNT independent accumulators from ZERO on, each a step further by NEXT(c, u, w) of `macs`
/// multiply-accumulates; `constraint` is the register class, and the barriers keep the compiler from leaving steps out.
#define PEAK(TYPE, COUNT, ZERO, OPERAND, U, W, NEXT, macs, constraint)          \
    static uint64_t peak(uint64_t iterations) {                                 \
        TYPE c[COUNT];                                                          \
        OPERAND u = U, w = W;                                                   \
        EACH(i, COUNT) c[i] = ZERO;                                             \
        for (uint64_t t = 0; t < iterations; t++) {                             \
            EACH(i, COUNT) {                                                    \
                c[i] = NEXT(c[i], u, w);                                        \
                __asm__ volatile("" : "+" constraint(c[i]), "+" constraint(u)); \
            }                                                                   \
        }                                                                       \
        EACH(i, COUNT) __asm__ volatile("" ::constraint(c[i]));                 \
        return iterations * COUNT * macs;                                       \
    }
