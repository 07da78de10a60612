// Sixteen virtual lanes as two AVX registers: lanes 0...7 and 8...15.
#pragma once
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

typedef struct { __m256 a, b; } f32x16;
typedef struct { __m256i a, b; } i32x16;
enum { SIDE_BY_SIDE = 1 };
#define LANE static inline __attribute__((always_inline))
#define BOTH(T, f) (T){f(x.a), f(x.b)}
#define PAIR(T, f) (T){f(x.a, y.a), f(x.b, y.b)}

/// All bits of the lanes below n.
LANE i32x16 lane_mask(int n) {
    __m256i count = _mm256_set1_epi32(n);
    return (i32x16){_mm256_cmpgt_epi32(count, _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)),
                    _mm256_cmpgt_epi32(count, _mm256_setr_epi32(8, 9, 10, 11, 12, 13, 14, 15))};
}

LANE f32x16 f_set(float v) { return (f32x16){_mm256_set1_ps(v), _mm256_set1_ps(v)}; }
LANE f32x16 f_load(const float *p) { return (f32x16){_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
LANE f32x16 f_load_part(const float *p, int n) {
    i32x16 mask = lane_mask(n);
    return (f32x16){_mm256_maskload_ps(p, mask.a), _mm256_maskload_ps(p + 8, mask.b)};
}
LANE void f_store(float *p, f32x16 x) { _mm256_storeu_ps(p, x.a); _mm256_storeu_ps(p + 8, x.b); }
LANE void f_store_part(float *p, f32x16 x, int n) {
    i32x16 mask = lane_mask(n);
    _mm256_maskstore_ps(p, mask.a, x.a);
    _mm256_maskstore_ps(p + 8, mask.b, x.b);
}
LANE f32x16 f_keep(f32x16 x, int n) {
    i32x16 mask = lane_mask(n);
    return (f32x16){_mm256_and_ps(x.a, _mm256_castsi256_ps(mask.a)), _mm256_and_ps(x.b, _mm256_castsi256_ps(mask.b))};
}
LANE f32x16 f_add(f32x16 x, f32x16 y) { return PAIR(f32x16, _mm256_add_ps); }
LANE f32x16 f_sub(f32x16 x, f32x16 y) { return PAIR(f32x16, _mm256_sub_ps); }
LANE f32x16 f_mul(f32x16 x, f32x16 y) { return PAIR(f32x16, _mm256_mul_ps); }
LANE f32x16 f_div(f32x16 x, f32x16 y) { return PAIR(f32x16, _mm256_div_ps); }
LANE f32x16 f_min(f32x16 x, f32x16 y) { return PAIR(f32x16, _mm256_min_ps); }
LANE f32x16 f_max(f32x16 x, f32x16 y) { return PAIR(f32x16, _mm256_max_ps); }
LANE f32x16 f_abs(f32x16 x) {
    __m256 mask = _mm256_castsi256_ps(_mm256_set1_epi32(0x7FFFFFFF));
    return (f32x16){_mm256_and_ps(x.a, mask), _mm256_and_ps(x.b, mask)};
}
LANE f32x16 f_where_negative(f32x16 x, f32x16 y, f32x16 z) {
    __m256 zero = _mm256_setzero_ps();
    return (f32x16){_mm256_blendv_ps(z.a, y.a, _mm256_cmp_ps(x.a, zero, _CMP_LT_OQ)),
                    _mm256_blendv_ps(z.b, y.b, _mm256_cmp_ps(x.b, zero, _CMP_LT_OQ))};
}
LANE i32x16 f_bits(f32x16 x) { return BOTH(i32x16, _mm256_castps_si256); }
LANE f32x16 i_as_float(i32x16 x) { return BOTH(f32x16, _mm256_castsi256_ps); }

LANE i32x16 i_set(int32_t v) { return (i32x16){_mm256_set1_epi32(v), _mm256_set1_epi32(v)}; }
LANE i32x16 i_load(const int32_t *p) {
    return (i32x16){_mm256_loadu_si256((const __m256i *)p), _mm256_loadu_si256((const __m256i *)(p + 8))};
}
LANE i32x16 i_load_s8(const int8_t *p) {
    __m128i v = _mm_loadu_si128((const __m128i *)p);
    return (i32x16){_mm256_cvtepi8_epi32(v), _mm256_cvtepi8_epi32(_mm_srli_si128(v, 8))};
}
LANE void i_store(int32_t *p, i32x16 x) {
    _mm256_storeu_si256((__m256i *)p, x.a);
    _mm256_storeu_si256((__m256i *)(p + 8), x.b);
}
LANE void i_store_bytes(uint8_t *p, i32x16 x) {
    // The low byte of each word to the front of its half, then the halves together.
    __m256i pick = _mm256_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                    0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    __m256i a = _mm256_shuffle_epi8(x.a, pick), b = _mm256_shuffle_epi8(x.b, pick);
    __m128i low = _mm_unpacklo_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    __m128i high = _mm_unpacklo_epi32(_mm256_castsi256_si128(b), _mm256_extracti128_si256(b, 1));
    _mm_storeu_si128((__m128i *)p, _mm_unpacklo_epi64(low, high));
}
/// Two vectors of words of 16 bits to 32 bytes, by saturation from signed to unsigned; packing mixes the halves, the
/// last step puts them in order.
LANE __m256i pack_bytes(__m256i x, __m256i y) {
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    return _mm256_permutevar8x32_epi32(_mm256_packus_epi16(x, y), order);
}
LANE void store_levels(uint8_t *p, i32x16 x, i32x16 y) {
    __m256i bytes = pack_bytes(_mm256_packs_epi32(x.a, x.b), _mm256_packs_epi32(y.a, y.b));
    _mm256_storeu_si256((__m256i *)p, _mm256_max_epu8(bytes, _mm256_set1_epi8(1)));
}
LANE void i_store_levels(uint8_t *p, i32x16 a, i32x16 b, i32x16 c, i32x16 d) {
    store_levels(p, a, b);
    store_levels(p + 32, c, d);
}
LANE void store_planes(uint8_t *high, uint8_t *low, i32x16 x, i32x16 y) {
    __m256i u = _mm256_packus_epi32(x.a, x.b), v = _mm256_packus_epi32(y.a, y.b), byte = _mm256_set1_epi16(255);
    _mm256_storeu_si256((__m256i *)high, pack_bytes(_mm256_srli_epi16(u, 8), _mm256_srli_epi16(v, 8)));
    _mm256_storeu_si256((__m256i *)low, pack_bytes(_mm256_and_si256(u, byte), _mm256_and_si256(v, byte)));
}
LANE void i_store_planes(uint8_t *high, uint8_t *low, i32x16 a, i32x16 b, i32x16 c, i32x16 d) {
    store_planes(high, low, a, b);
    store_planes(high + 32, low + 32, c, d);
}
LANE i32x16 i_add(i32x16 x, i32x16 y) { return PAIR(i32x16, _mm256_add_epi32); }
LANE i32x16 i_sub(i32x16 x, i32x16 y) { return PAIR(i32x16, _mm256_sub_epi32); }
LANE i32x16 i_mul(i32x16 x, i32x16 y) { return PAIR(i32x16, _mm256_mullo_epi32); }
LANE i32x16 i_min(i32x16 x, i32x16 y) { return PAIR(i32x16, _mm256_min_epi32); }
LANE i32x16 i_max(i32x16 x, i32x16 y) { return PAIR(i32x16, _mm256_max_epi32); }
LANE i32x16 i_or(i32x16 x, i32x16 y) { return PAIR(i32x16, _mm256_or_si256); }
LANE i32x16 i_and(i32x16 x, i32x16 y) { return PAIR(i32x16, _mm256_and_si256); }
LANE i32x16 i_keep(i32x16 x, int n) { return i_and(x, lane_mask(n)); }
#define i_shift_left(v, n) ((i32x16){_mm256_slli_epi32((v).a, n), _mm256_slli_epi32((v).b, n)})
#define i_shift_right(v, n) ((i32x16){_mm256_srli_epi32((v).a, n), _mm256_srli_epi32((v).b, n)})
LANE f32x16 i_to_float(i32x16 x) { return BOTH(f32x16, _mm256_cvtepi32_ps); }

LANE float f_fold(f32x16 x) {
    __m256 v = _mm256_add_ps(x.a, x.b);
    __m128 w = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    w = _mm_add_ps(w, _mm_movehl_ps(w, w));
    return _mm_cvtss_f32(_mm_add_ss(w, _mm_movehdup_ps(w)));
}
LANE float f_min_lane(f32x16 x) {
    __m256 v = _mm256_min_ps(x.a, x.b);
    __m128 w = _mm_min_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    w = _mm_min_ps(w, _mm_movehl_ps(w, w));
    return _mm_cvtss_f32(_mm_min_ss(w, _mm_movehdup_ps(w)));
}
LANE float f_max_lane(f32x16 x) {
    __m256 v = _mm256_max_ps(x.a, x.b);
    __m128 w = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    w = _mm_max_ps(w, _mm_movehl_ps(w, w));
    return _mm_cvtss_f32(_mm_max_ss(w, _mm_movehdup_ps(w)));
}
/// Sum of 8 words.
LANE int32_t sum_words(__m256i v) {
    __m128i w = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    w = _mm_add_epi32(w, _mm_shuffle_epi32(w, 0x4E));
    return _mm_cvtsi128_si32(_mm_add_epi32(w, _mm_shuffle_epi32(w, 0xB1)));
}
LANE int32_t i_sum(i32x16 x) { return sum_words(_mm256_add_epi32(x.a, x.b)); }

/// Strides 1, 2 and 4 inside one register.
LANE __m256 hadamard_8(__m256 v) {
    __m256 t = _mm256_permute_ps(v, 0xB1);
    v = _mm256_blend_ps(_mm256_add_ps(v, t), _mm256_sub_ps(t, v), 0xAA);
    t = _mm256_permute_ps(v, 0x4E);
    v = _mm256_blend_ps(_mm256_add_ps(v, t), _mm256_sub_ps(t, v), 0xCC);
    t = _mm256_permute2f128_ps(v, v, 1);
    return _mm256_blend_ps(_mm256_add_ps(v, t), _mm256_sub_ps(t, v), 0xF0);
}
LANE f32x16 f_hadamard(f32x16 x) {
    __m256 a = hadamard_8(x.a), b = hadamard_8(x.b);
    return (f32x16){_mm256_add_ps(a, b), _mm256_sub_ps(a, b)};
}
