#include "cplatform.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#define SHA __attribute__((target("sha,ssse3,sse4.1")))

bool platform_has_sha256(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1)) return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_SHA;
}

/// Four rounds: the state lies in registers as the instructions want it, (a, b, e, f) and (c, d, g, h), first word on
/// top.
SHA static inline void rounds(__m128i *abef, __m128i *cdgh, __m128i words) {
    *cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, words);
    *abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(words, 0x0E));
}

SHA void platform_sha256(uint32_t state[8], const uint32_t constants[64], const void *blocks, size_t count) {
    const __m128i big_endian = _mm_set_epi64x(0x0C0D0E0F08090A0B, 0x0405060700010203);
    __m128i abef = _mm_set_epi32((int)state[0], (int)state[1], (int)state[4], (int)state[5]);
    __m128i cdgh = _mm_set_epi32((int)state[2], (int)state[3], (int)state[6], (int)state[7]);
    const __m128i *in = blocks;
    for (; count > 0; count--, in += 4) {
        __m128i before[2] = {abef, cdgh}, w[4];
        _Pragma("clang loop unroll(full)") for (int i = 0; i < 16; i++) {
            __m128i next;
            if (i < 4) {
                next = _mm_shuffle_epi8(_mm_loadu_si128(in + i), big_endian);
            } else {
                // w[t] = w[t - 16] + s0(w[t - 15]) + w[t - 7] + s1(w[t - 2]), four at a time; i % 4 is the oldest.
                next = _mm_sha256msg1_epu32(w[i % 4], w[(i + 1) % 4]);
                next = _mm_add_epi32(next, _mm_alignr_epi8(w[(i + 3) % 4], w[(i + 2) % 4], 4));
                next = _mm_sha256msg2_epu32(next, w[(i + 3) % 4]);
            }
            w[i % 4] = next;
            rounds(&abef, &cdgh, _mm_add_epi32(next, _mm_loadu_si128((const __m128i *)constants + i)));
        }
        abef = _mm_add_epi32(abef, before[0]);
        cdgh = _mm_add_epi32(cdgh, before[1]);
    }
    state[0] = (uint32_t)_mm_extract_epi32(abef, 3);
    state[1] = (uint32_t)_mm_extract_epi32(abef, 2);
    state[4] = (uint32_t)_mm_extract_epi32(abef, 1);
    state[5] = (uint32_t)_mm_extract_epi32(abef, 0);
    state[2] = (uint32_t)_mm_extract_epi32(cdgh, 3);
    state[3] = (uint32_t)_mm_extract_epi32(cdgh, 2);
    state[6] = (uint32_t)_mm_extract_epi32(cdgh, 1);
    state[7] = (uint32_t)_mm_extract_epi32(cdgh, 0);
}

#else

bool platform_has_sha256(void) { return false; }

void platform_sha256(uint32_t state[8], const uint32_t constants[64], const void *blocks, size_t count) {
    (void)state, (void)constants, (void)blocks, (void)count;
}

#endif
