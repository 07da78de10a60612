#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)
#include <immintrin.h>
#define dpbusd(c, u, w) _mm256_dpbusd_avx_epi32(c, u, w)
#include "vnni256.h"
#pragma clang attribute pop

static bool available(void) { return cpu_has_avxvnni(); }

KERNEL_TABLE(kernel_avxvnni, "avxvnni");
#endif
