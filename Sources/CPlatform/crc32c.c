#include "cplatform.h"
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <nmmintrin.h>

bool platform_has_crc32c(void) {
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && c & bit_SSE4_2;
}

__attribute__((target("sse4.2"))) uint32_t platform_crc32c(uint32_t remainder, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    uint64_t crc = remainder;
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        crc = _mm_crc32_u64(crc, word);
    }
    for (; count > 0; count--) crc = _mm_crc32_u8((uint32_t)crc, *next++);
    return (uint32_t)crc;
}

#else

bool platform_has_crc32c(void) { return false; }

uint32_t platform_crc32c(uint32_t remainder, const void *bytes, size_t count) {
    (void)bytes, (void)count;
    return remainder;
}

#endif
