#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "lanes_avx2.h"
#include "template.h"

// pmaddubsw multiplies unsigned bytes by signed ones and saturates sums of two products to 16 bits. With the magnitudes
// of x = u - 128 as the unsigned operand and the weights with the signs of x as the other, a sum is at most
// 2 * 128 * 127 = 32512: it never saturates, and the sums are those of (u - 128) * w.
enum { TILE_ROWS = 4, OFFSET = 128 };

#include "magnitudes.h"

/// c + sums of 4 products each, of x as signs and magnitudes with w.
LANE __m256i multiply_add(__m256i c, __m256i x, __m256i magnitude, __m256i w) {
    __m256i pairs = _mm256_maddubs_epi16(magnitude, _mm256_sign_epi8(w, x));
    return _mm256_add_epi32(c, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

LANE __m256i four_bytes(const uint8_t *p) {
    int32_t word;
    memcpy(&word, p, 4);
    return _mm256_set1_epi32(word);
}

#define SUMS(R)                                                                                               \
    LANE void sums_##R(const uint8_t *x, const int8_t *w, int32_t k, i32x16 *sums) {                          \
        __m256i c[R][2];                                                                                      \
        EACH(r, R) { c[r][0] = sums[r].a; c[r][1] = sums[r].b; }                                              \
        for (int32_t i = 0; i < k; i += 4, w += 64, x += 8 * TILE_ROWS) {                                     \
            __m256i a = _mm256_load_si256((const __m256i *)w), b = _mm256_load_si256((const __m256i *)w + 1); \
            EACH(r, R) {                                                                                      \
                __m256i u = four_bytes(x + 8 * r), magnitude = four_bytes(x + 8 * r + 4);                     \
                c[r][0] = multiply_add(c[r][0], u, magnitude, a);                                             \
                c[r][1] = multiply_add(c[r][1], u, magnitude, b);                                             \
            }                                                                                                 \
        }                                                                                                     \
        EACH(r, R) sums[r] = (i32x16){c[r][0], c[r][1]};                                                      \
    }
PANEL_SUMS(4, const uint8_t *)

#include "prepared_tiles.h"

LANE int32_t dot_bytes(const uint8_t *u, const int8_t *w, int32_t k) {
    __m256i sum = _mm256_setzero_si256();
    int32_t i = 0, rest = 0;
    for (; i + 16 <= k; i += 16)
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(u + i))),
                                                      _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(w + i)))));
    for (; i < k; i++) rest += u[i] * w[i];
    return sum_words(sum) + rest;
}

LANE int32_t sum_bytes(const int8_t *w, int32_t k) {
    __m256i sum = _mm256_setzero_si256(), ones = _mm256_set1_epi16(1);
    int32_t i = 0, rest = 0;
    for (; i + 16 <= k; i += 16) {
        __m256i words = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(w + i)));
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(ones, words));
    }
    for (; i < k; i++) rest += w[i];
    return sum_words(sum) + rest;
}

#include "products.h"

LANE __m256i next_step(__m256i c, __m256i u, __m256i w) { return multiply_add(c, u, u, w); }
PEAK(__m256i, 10, _mm256_setzero_si256(), __m256i, _mm256_set1_epi8(3), _mm256_set1_epi8(5), next_step, 32, "x")
#pragma clang attribute pop

static bool available(void) { return cpu_has_avx2(); }

KERNEL_TABLE(kernel_avx2, "avx2");
#endif
