// Sixteen virtual lanes as one AVX-512 register.
#pragma once
#include <immintrin.h>
#include <stdint.h>

typedef __m512 f32x16;
typedef __m512i i32x16;
enum { SIDE_BY_SIDE = 4 };
#define LANE static inline __attribute__((always_inline))
#define LANE_MASK(n) ((__mmask16)((1u << (n)) - 1u))

LANE f32x16 f_set(float v) { return _mm512_set1_ps(v); }
LANE f32x16 f_load(const float *p) { return _mm512_loadu_ps(p); }
LANE f32x16 f_load_part(const float *p, int n) { return _mm512_maskz_loadu_ps(LANE_MASK(n), p); }
LANE void f_store(float *p, f32x16 v) { _mm512_storeu_ps(p, v); }
LANE void f_store_part(float *p, f32x16 v, int n) { _mm512_mask_storeu_ps(p, LANE_MASK(n), v); }
LANE f32x16 f_keep(f32x16 v, int n) { return _mm512_maskz_mov_ps(LANE_MASK(n), v); }
LANE f32x16 f_add(f32x16 a, f32x16 b) { return _mm512_add_ps(a, b); }
LANE f32x16 f_sub(f32x16 a, f32x16 b) { return _mm512_sub_ps(a, b); }
LANE f32x16 f_mul(f32x16 a, f32x16 b) { return _mm512_mul_ps(a, b); }
LANE f32x16 f_div(f32x16 a, f32x16 b) { return _mm512_div_ps(a, b); }
LANE f32x16 f_min(f32x16 a, f32x16 b) { return _mm512_min_ps(a, b); }
LANE f32x16 f_max(f32x16 a, f32x16 b) { return _mm512_max_ps(a, b); }
LANE f32x16 f_abs(f32x16 v) {
    return _mm512_castsi512_ps(_mm512_and_si512(_mm512_castps_si512(v), _mm512_set1_epi32(0x7FFFFFFF)));
}
/// Flips the sign of lanes whose word in `signs` has its top bit set.
/// Lanes of a where x is negative, of b elsewhere.
LANE f32x16 f_where_negative(f32x16 x, f32x16 a, f32x16 b) {
    return _mm512_mask_mov_ps(b, _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ), a);
}
LANE i32x16 f_bits(f32x16 v) { return _mm512_castps_si512(v); }
LANE f32x16 i_as_float(i32x16 v) { return _mm512_castsi512_ps(v); }

LANE i32x16 i_set(int32_t v) { return _mm512_set1_epi32(v); }
LANE i32x16 i_load(const int32_t *p) { return _mm512_loadu_si512(p); }
LANE i32x16 i_load_s8(const int8_t *p) { return _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)p)); }
LANE void i_store(int32_t *p, i32x16 v) { _mm512_storeu_si512(p, v); }
/// The low byte of each lane.
LANE void i_store_bytes(uint8_t *p, i32x16 v) { _mm_storeu_si128((__m128i *)p, _mm512_cvtepi32_epi8(v)); }
/// Two times 32 words of 16 bits to 64 bytes, by saturation from signed to unsigned. Packing works inside blocks of 128
/// bits, which leaves a block's words of all four vectors together: the last step puts them in order.
LANE __m512i pack_bytes(__m512i ab, __m512i cd) {
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm512_permutexvar_epi32(order, _mm512_packus_epi16(ab, cd));
}
/// 64 values, clamped to 1 ... 255.
LANE void i_store_levels(uint8_t *p, i32x16 a, i32x16 b, i32x16 c, i32x16 d) {
    __m512i bytes = pack_bytes(_mm512_packs_epi32(a, b), _mm512_packs_epi32(c, d));
    _mm512_storeu_si512(p, _mm512_max_epu8(bytes, _mm512_set1_epi8(1)));
}
/// High and low bytes of 64 values, clamped to 0 ... 65535.
LANE void i_store_planes(uint8_t *high, uint8_t *low, i32x16 a, i32x16 b, i32x16 c, i32x16 d) {
    __m512i ab = _mm512_packus_epi32(a, b), cd = _mm512_packus_epi32(c, d), byte = _mm512_set1_epi16(255);
    _mm512_storeu_si512(high, pack_bytes(_mm512_srli_epi16(ab, 8), _mm512_srli_epi16(cd, 8)));
    _mm512_storeu_si512(low, pack_bytes(_mm512_and_si512(ab, byte), _mm512_and_si512(cd, byte)));
}
LANE i32x16 i_add(i32x16 a, i32x16 b) { return _mm512_add_epi32(a, b); }
LANE i32x16 i_sub(i32x16 a, i32x16 b) { return _mm512_sub_epi32(a, b); }
LANE i32x16 i_mul(i32x16 a, i32x16 b) { return _mm512_mullo_epi32(a, b); }
LANE i32x16 i_min(i32x16 a, i32x16 b) { return _mm512_min_epi32(a, b); }
LANE i32x16 i_max(i32x16 a, i32x16 b) { return _mm512_max_epi32(a, b); }
LANE i32x16 i_or(i32x16 a, i32x16 b) { return _mm512_or_si512(a, b); }
LANE i32x16 i_and(i32x16 a, i32x16 b) { return _mm512_and_si512(a, b); }
LANE i32x16 i_keep(i32x16 v, int n) { return _mm512_maskz_mov_epi32(LANE_MASK(n), v); }
#define i_shift_left(v, n) _mm512_slli_epi32(v, n)
#define i_shift_right(v, n) _mm512_srli_epi32(v, n)
LANE f32x16 i_to_float(i32x16 v) { return _mm512_cvtepi32_ps(v); }

/// Sum of the lanes by halves.
LANE float f_fold(f32x16 v) {
    __m256 a = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    b = _mm_add_ps(b, _mm_movehl_ps(b, b));
    return _mm_cvtss_f32(_mm_add_ss(b, _mm_movehdup_ps(b)));
}
LANE float f_min_lane(f32x16 v) { return _mm512_reduce_min_ps(v); }
LANE float f_max_lane(f32x16 v) { return _mm512_reduce_max_ps(v); }
LANE int32_t i_sum(i32x16 v) { return _mm512_reduce_add_epi32(v); }

/// One stage over the lanes: partners t of v; lanes where `sign` is -0 become t - v, the others t + v. Flipping a sign
/// is a logic operation, which other pipes do than additions.
LANE f32x16 hadamard_stage(f32x16 t, f32x16 v, i32x16 sign) {
    return _mm512_add_ps(t, i_as_float(_mm512_xor_si512(f_bits(v), sign)));
}
LANE i32x16 sign_lanes(__mmask16 minus) { return _mm512_maskz_set1_epi32(minus, (int32_t)0x80000000); }

/// Walsh-Hadamard over the lanes, strides 1, 2, 4, 8: (a, b) -> (a + b, a - b).
LANE f32x16 f_hadamard(f32x16 v) {
    v = hadamard_stage(_mm512_permute_ps(v, 0xB1), v, sign_lanes(0xAAAA));
    v = hadamard_stage(_mm512_permute_ps(v, 0x4E), v, sign_lanes(0xCCCC));
    v = hadamard_stage(_mm512_shuffle_f32x4(v, v, 0xB1), v, sign_lanes(0xF0F0));
    return hadamard_stage(_mm512_shuffle_f32x4(v, v, 0x4E), v, sign_lanes(0xFF00));
}
