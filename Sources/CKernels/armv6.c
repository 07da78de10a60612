#pragma STDC FP_CONTRACT OFF
#if defined(__arm__) && !defined(__ARM_NEON) && defined(__ARM_FEATURE_SIMD32)
#include <arm_acle.h>
#include "lanes_plain.h"
#include "template.h"

// ARM11 (Pi Zero, Pi 1): SMLAD adds two products of 16-bit halves to 32 bits. Rows are prepared as such halves, inputs
// 0 and 2, then 1 and 3; a panel's 4 bytes become the same by two sign extensions, which two rows share. Floats are
// those of the scalar unit.
enum { TILE_ROWS = 2, OFFSET = 0 };

LANE void prepare_16(const uint8_t *u, uint8_t *out) {
    for (int g = 0; g < 4; g++) {
        uint32_t word, halves[2];
        memcpy(&word, u + 4 * g, 4);
        halves[0] = __uxtb16(word);
        halves[1] = __uxtb16(__ror(word, 8));
        memcpy(out + 8 * TILE_ROWS * g, halves, 8);
    }
}

/// One row.
LANE void sums_1(const uint8_t *rows, const int8_t *panel, int32_t k, i32x16 *sums) {
    for (int channel = 0; channel < 16; channel++) {
        int32_t c = sums->v[channel];
        const uint8_t *x = rows, *end = rows + 2 * TILE_ROWS * k;
        for (const int8_t *w = panel + 4 * channel; x != end; x += 8 * TILE_ROWS, w += 64) {
            uint32_t bytes = word_at(w);
            c = __smlad((int16x2_t)word_at(x), __sxtb16((int8x4_t)bytes), c);
            c = __smlad((int16x2_t)word_at(x + 4), __sxtb16((int8x4_t)__ror(bytes, 8)), c);
        }
        sums->v[channel] = c;
    }
}

// 4 inputs of two rows with two channels: r2 ... r5 are the halves of the weights, r0 and r1 those of a row.
#define FOUR_INPUTS                  \
    "ldrd r2, r3, [%[w]], #64\n"     \
    "sxtb16 r4, r2\n"                \
    "sxtb16 r2, r2, ror #8\n"        \
    "sxtb16 r5, r3\n"                \
    "sxtb16 r3, r3, ror #8\n"        \
    "ldrd r0, r1, [%[x]], #8\n"      \
    "smlad %[a], r0, r4, %[a]\n"     \
    "smlad %[b], r0, r5, %[b]\n"     \
    "smlad %[a], r1, r2, %[a]\n"     \
    "smlad %[b], r1, r3, %[b]\n"     \
    "ldrd r0, r1, [%[x]], #8\n"      \
    "smlad %[c], r0, r4, %[c]\n"     \
    "smlad %[d], r0, r5, %[d]\n"     \
    "smlad %[c], r1, r2, %[c]\n"     \
    "smlad %[d], r1, r3, %[d]\n"

/// Two rows, two channels at a time. In assembly, since clang keeps too much in registers here and spills it.
LANE void sums_2(const uint8_t *rows, const int8_t *panel, int32_t k, i32x16 *sums) {
    const uint8_t *end = rows + 2 * TILE_ROWS * k;
    for (int channel = 0; channel < 16; channel += 2) {
        int32_t *first = sums[0].v + channel, *second = sums[1].v + channel;
        int32_t a = first[0], b = first[1], c = second[0], d = second[1];
        const uint8_t *x = rows;
        const int8_t *w = panel + 4 * channel;
        __asm__ volatile(
            "1:\n" FOUR_INPUTS FOUR_INPUTS FOUR_INPUTS FOUR_INPUTS
            "cmp %[x], %[end]\n"
            "bne 1b\n"
            : [a] "+r"(a), [b] "+r"(b), [c] "+r"(c), [d] "+r"(d), [x] "+r"(x), [w] "+r"(w)
            : [end] "r"(end)
            : "r0", "r1", "r2", "r3", "r4", "r5", "cc", "memory");
        first[0] = a, first[1] = b, second[0] = c, second[1] = d;
    }
}

LANE void panel_sums(const uint8_t *x, int32_t count, const int8_t *w, int32_t k, i32x16 *sums) {
    if (count == 2) sums_2(x, w, k, sums);
    else sums_1(x, w, k, sums);
}

#include "prepared_tiles.h"

LANE int32_t dot_bytes(const uint8_t *u, const int8_t *w, int32_t k) {
    int32_t sum = 0, i = 0;
    for (; i + 4 <= k; i += 4) {
        uint32_t x, y;
        memcpy(&x, u + i, 4);
        memcpy(&y, w + i, 4);
        sum = __smlad((int16x2_t)__uxtb16(x), __sxtb16((int8x4_t)y), sum);
        sum = __smlad((int16x2_t)__uxtb16(__ror(x, 8)), __sxtb16((int8x4_t)__ror(y, 8)), sum);
    }
    for (; i < k; i++) sum += u[i] * w[i];
    return sum;
}

LANE int32_t sum_bytes(const int8_t *w, int32_t k) {
    int32_t sum = 0;
    for (int32_t i = 0; i < k; i++) sum += w[i];
    return sum;
}

#include "products.h"

LANE int32_t next_step(int32_t c, int32_t u, int32_t w) { return __smlad((int16x2_t)u, (int16x2_t)w, c); }
PEAK(int32_t, 6, 0, int32_t, 0x30003, 0x50005, next_step, 2, "r")

// The instructions are part of ARMv6, and this file is compiled for nothing older.
static bool available(void) { return true; }

KERNEL_TABLE(kernel_armv6, "armv6");
#endif
