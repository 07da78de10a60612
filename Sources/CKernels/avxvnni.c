#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)
#include <immintrin.h>
#define dpbusd(c, u, w) _mm256_dpbusd_avx_epi32(c, u, w)
#include "vnni256.h"
#pragma clang attribute pop

static bool available(void) { return __builtin_cpu_supports("avxvnni"); }

const kernel_table kernel_avxvnni = {
    "avxvnni", available, quantize, matmul, add_plane, add_norm, pack_head, attend, embed, hyperbolic_tangent, softmax,
    matmul_table, matmul_f32, attend_f32, peak,
};
#endif
