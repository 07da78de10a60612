// The 256-bit VNNI kernel, compiled once in the VEX encoding (AVX-VNNI) and once in the EVEX encoding (AVX-512VL).
// The includer sets the target and defines dpbusd(c, u, w).
#include "lanes_avx2.h"
#include "template.h"

enum { TILE_ROWS = 6, OFFSET = 0 };

#define SUMS(R)                                                                             \
    LANE void sums_##R(const uint8_t *const *x, const int8_t *w, int32_t k, i32x16 *sums) { \
        __m256i c[R][2];                                                                    \
        EACH(r, R) EACH(v, 2) c[r][v] = _mm256_setzero_si256();                             \
        for (int32_t i = 0; i < k; i += 4, w += 64) {                                       \
            __m256i a = _mm256_loadu_si256((const __m256i *)w);                             \
            __m256i b = _mm256_loadu_si256((const __m256i *)(w + 32));                      \
            EACH(r, R) {                                                                    \
                int32_t word;                                                               \
                memcpy(&word, x[r] + i, 4);                                                 \
                __m256i u = _mm256_set1_epi32(word);                                        \
                c[r][0] = dpbusd(c[r][0], u, a);                                            \
                c[r][1] = dpbusd(c[r][1], u, b);                                            \
            }                                                                               \
        }                                                                                   \
        EACH(r, R) sums[r] = (i32x16){c[r][0], c[r][1]};                                    \
    }
PANEL_SUMS(6, const uint8_t *const *)

#include "panel_tiles.h"

LANE int32_t dot_bytes(const uint8_t *u, const int8_t *w, int32_t k) {
    __m256i sum = _mm256_setzero_si256();
    int32_t i = 0, rest = 0;
    for (; i + 32 <= k; i += 32)
        sum = dpbusd(sum, _mm256_loadu_si256((const __m256i *)(u + i)), _mm256_loadu_si256((const __m256i *)(w + i)));
    for (; i < k; i++) rest += u[i] * w[i];
    return sum_words(sum) + rest;
}

LANE int32_t sum_bytes(const int8_t *w, int32_t k) {
    __m256i sum = _mm256_setzero_si256(), ones = _mm256_set1_epi8(1);
    int32_t i = 0, rest = 0;
    for (; i + 32 <= k; i += 32) sum = dpbusd(sum, ones, _mm256_loadu_si256((const __m256i *)(w + i)));
    for (; i < k; i++) rest += w[i];
    return sum_words(sum) + rest;
}

#include "products.h"

PEAK(__m256i, 12, _mm256_setzero_si256(), __m256i, _mm256_set1_epi8(3), _mm256_set1_epi8(5), dpbusd, 32, "x")
