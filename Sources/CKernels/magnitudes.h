// Rows as signs and magnitudes, for the kernels that multiply unsigned bytes by signed ones: see avx2.c.
#pragma once
#include <immintrin.h>

/// 16 bytes x = u - 128 and their magnitudes, 4 and 4 to each 8 bytes.
LANE void prepare_16(const uint8_t *u, uint8_t *out) {
    __m128i x = _mm_xor_si128(_mm_loadu_si128((const __m128i *)u), _mm_set1_epi8(-128)), magnitude = _mm_abs_epi8(x);
    __m128i low = _mm_unpacklo_epi32(x, magnitude), high = _mm_unpackhi_epi32(x, magnitude);
    _mm_storel_epi64((__m128i *)out, low);
    _mm_storel_epi64((__m128i *)(out + 8 * TILE_ROWS), _mm_unpackhi_epi64(low, low));
    _mm_storel_epi64((__m128i *)(out + 16 * TILE_ROWS), high);
    _mm_storel_epi64((__m128i *)(out + 24 * TILE_ROWS), _mm_unpackhi_epi64(high, high));
}
