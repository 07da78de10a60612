// The 256-bit VNNI kernel, compiled once in the VEX encoding (AVX-VNNI) and once in the EVEX encoding (AVX-512VL).
// The includer sets the target and defines dpbusd(c, u, w).
#include "lanes_avx2.h"
#include "rows.h"
#include "tile.h"

enum { TILE_ROWS = 6, OFFSET = 0 };

#define EACH(i, count) _Pragma("clang loop unroll(full)") for (int i = 0; i < count; i++)

#define SUMS(R)                                                                                         \
    LANE void sums_##R(const uint8_t *const *x, const int8_t *w, int32_t k, i32x16 *sums) {             \
        __m256i c[R][2];                                                                                \
        EACH(r, R) EACH(v, 2) c[r][v] = _mm256_setzero_si256();                                         \
        for (int32_t i = 0; i < k; i += 4, w += 64) {                                                   \
            __m256i a = _mm256_loadu_si256((const __m256i *)w);                                         \
            __m256i b = _mm256_loadu_si256((const __m256i *)(w + 32));                                  \
            EACH(r, R) {                                                                                \
                int32_t word;                                                                           \
                memcpy(&word, x[r] + i, 4);                                                             \
                __m256i u = _mm256_set1_epi32(word);                                                    \
                c[r][0] = dpbusd(c[r][0], u, a);                                                        \
                c[r][1] = dpbusd(c[r][1], u, b);                                                        \
            }                                                                                           \
        }                                                                                               \
        EACH(r, R) sums[r] = (i32x16){c[r][0], c[r][1]};                                                \
    }
SUMS(1) SUMS(2) SUMS(3) SUMS(4) SUMS(5) SUMS(6)
#include "panel_dispatch.h"
PANEL_SUMS_6

#include "panel_tiles.h"
#include "attention.h"
#include "matmul.h"

LANE int32_t total(__m256i v) {
    __m128i w = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    w = _mm_add_epi32(w, _mm_shuffle_epi32(w, 0x4E));
    return _mm_cvtsi128_si32(_mm_add_epi32(w, _mm_shuffle_epi32(w, 0xB1)));
}

LANE int32_t dot_bytes(const uint8_t *u, const int8_t *w, int32_t k) {
    __m256i sum = _mm256_setzero_si256();
    int32_t i = 0, rest = 0;
    for (; i + 32 <= k; i += 32)
        sum = dpbusd(sum, _mm256_loadu_si256((const __m256i *)(u + i)), _mm256_loadu_si256((const __m256i *)(w + i)));
    for (; i < k; i++) rest += u[i] * w[i];
    return total(sum) + rest;
}

LANE int32_t sum_bytes(const int8_t *w, int32_t k) {
    __m256i sum = _mm256_setzero_si256(), ones = _mm256_set1_epi8(1);
    int32_t i = 0, rest = 0;
    for (; i + 32 <= k; i += 32) sum = dpbusd(sum, ones, _mm256_loadu_si256((const __m256i *)(w + i)));
    for (; i < k; i++) rest += w[i];
    return total(sum) + rest;
}

#include "table.h"

static uint64_t peak(uint64_t iterations) {
    __m256i c[12], u = _mm256_set1_epi8(3), w = _mm256_set1_epi8(5);
    EACH(i, 12) c[i] = _mm256_setzero_si256();
    for (uint64_t t = 0; t < iterations; t++) {
        EACH(i, 12) {
            c[i] = dpbusd(c[i], u, w);
            __asm__ volatile("" : "+x"(c[i]));
        }
    }
    EACH(i, 12) __asm__ volatile("" ::"x"(c[i]));
    return iterations * 12 * 32;
}
