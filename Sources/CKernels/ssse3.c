#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("ssse3"))), apply_to = function)
#include <immintrin.h>
#include "lanes_vector.h"
#include "template.h"

// For x86 without AVX2 (Atom, Celeron), by the signs and magnitudes of avx2.c. Two rows and a panel keep eight
// accumulators in sixteen registers.
enum { TILE_ROWS = 2, OFFSET = 128 };

#include "magnitudes.h"

/// c + sums of 4 products each, of x as signs and magnitudes with w.
LANE __m128i multiply_add(__m128i c, __m128i x, __m128i magnitude, __m128i w) {
    __m128i pairs = _mm_maddubs_epi16(magnitude, _mm_sign_epi8(w, x));
    return _mm_add_epi32(c, _mm_madd_epi16(pairs, _mm_set1_epi16(1)));
}

#define SUMS(R)                                                                                                   \
    LANE void sums_##R(const uint8_t *x, const int8_t *w, int32_t k, i32x16 *sums) {                              \
        __m128i c[R][4];                                                                                          \
        memcpy(c, sums, sizeof c);                                                                                \
        for (int32_t i = 0; i < k; i += 4, w += 64, x += 8 * TILE_ROWS) {                                         \
            EACH(r, R) {                                                                                          \
                __m128i both = _mm_loadl_epi64((const __m128i *)(x + 8 * r));                                     \
                __m128i u = _mm_shuffle_epi32(both, 0), magnitude = _mm_shuffle_epi32(both, 0x55);                \
                EACH(v, 4) c[r][v] = multiply_add(c[r][v], u, magnitude, _mm_load_si128((const __m128i *)w + v)); \
            }                                                                                                     \
        }                                                                                                         \
        memcpy(sums, c, sizeof c);                                                                                \
    }
PANEL_SUMS(2, const uint8_t *)

#include "prepared_tiles.h"

/// Bytes as words of 16 bits, with zeros or with their sign.
LANE __m128i low_words(__m128i bytes, __m128i top) { return _mm_unpacklo_epi8(bytes, top); }
LANE __m128i high_words(__m128i bytes, __m128i top) { return _mm_unpackhi_epi8(bytes, top); }
LANE __m128i signs_of(__m128i bytes) { return _mm_cmpgt_epi8(_mm_setzero_si128(), bytes); }

LANE int32_t sum_words(__m128i v) {
    v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0x4E));
    return _mm_cvtsi128_si32(_mm_add_epi32(v, _mm_shuffle_epi32(v, 0xB1)));
}

LANE int32_t dot_bytes(const uint8_t *u, const int8_t *w, int32_t k) {
    __m128i sum = _mm_setzero_si128(), none = sum;
    int32_t i = 0, rest = 0;
    for (; i + 16 <= k; i += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(u + i)), y = _mm_loadu_si128((const __m128i *)(w + i));
        __m128i top = signs_of(y);
        sum = _mm_add_epi32(sum, _mm_madd_epi16(low_words(x, none), low_words(y, top)));
        sum = _mm_add_epi32(sum, _mm_madd_epi16(high_words(x, none), high_words(y, top)));
    }
    for (; i < k; i++) rest += u[i] * w[i];
    return sum_words(sum) + rest;
}

LANE int32_t sum_bytes(const int8_t *w, int32_t k) {
    // Two bytes that are multiplied by one stay within 16 bits.
    const __m128i ones = _mm_set1_epi8(1), words = _mm_set1_epi16(1);
    __m128i sum = _mm_setzero_si128();
    int32_t i = 0, rest = 0;
    for (; i + 16 <= k; i += 16) {
        __m128i pairs = _mm_maddubs_epi16(ones, _mm_loadu_si128((const __m128i *)(w + i)));
        sum = _mm_add_epi32(sum, _mm_madd_epi16(pairs, words));
    }
    for (; i < k; i++) rest += w[i];
    return sum_words(sum) + rest;
}

#include "products.h"

LANE __m128i next_step(__m128i c, __m128i u, __m128i w) { return multiply_add(c, u, u, w); }
PEAK(__m128i, 10, _mm_setzero_si128(), __m128i, _mm_set1_epi8(3), _mm_set1_epi8(5), next_step, 16, "x")
#pragma clang attribute pop

static bool available(void) { return cpu_has_ssse3(); }

KERNEL_TABLE(kernel_ssse3, "ssse3");
#endif
