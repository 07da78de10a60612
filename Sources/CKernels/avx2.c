#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "lanes_avx2.h"
#include "template.h"

// maddubs would saturate on 255 * 127 * 2, so both operands are widened to 16 bits, where madd is exact. A register
// then holds 4 channels by 4 inputs, and each channel two partial sums that meet at the end.
enum { TILE_ROWS = 2, OFFSET = 0 };

/// Partial sums of channels 0...3, 4...7 -> channels 0...7.
LANE __m256i join(__m256i a, __m256i b) { return _mm256_permute4x64_epi64(_mm256_hadd_epi32(a, b), 0xD8); }

#define SUMS(R)                                                                                   \
    LANE void sums_##R(const uint8_t *const *x, const int8_t *w, int32_t k, i32x16 *sums) {       \
        __m256i c[R][4];                                                                          \
        EACH(r, R) EACH(v, 4) c[r][v] = _mm256_setzero_si256();                                   \
        for (int32_t i = 0; i < k; i += 4, w += 64) {                                             \
            __m256i u[R];                                                                         \
            EACH(r, R) {                                                                          \
                int32_t word;                                                                     \
                memcpy(&word, x[r] + i, 4);                                                       \
                u[r] = _mm256_cvtepu8_epi16(_mm_set1_epi32(word));                                \
            }                                                                                     \
            EACH(v, 4) {                                                                          \
                __m256i y = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(w + 16 * v))); \
                EACH(r, R) c[r][v] = _mm256_add_epi32(c[r][v], _mm256_madd_epi16(u[r], y));       \
            }                                                                                     \
        }                                                                                         \
        EACH(r, R) sums[r] = (i32x16){join(c[r][0], c[r][1]), join(c[r][2], c[r][3])};            \
    }
PANEL_SUMS(2)

#include "panel_tiles.h"

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

LANE __m256i next_step(__m256i c, __m256i u, __m256i w) { return _mm256_add_epi32(c, _mm256_madd_epi16(u, w)); }
PEAK(__m256i, 8, _mm256_setzero_si256(), __m256i, _mm256_set1_epi16(3), _mm256_set1_epi16(5), next_step, 16, "x")
#pragma clang attribute pop

static bool available(void) { return cpu_has_avx2(); }

KERNEL_TABLE(kernel_avx2, "avx2");
#endif
