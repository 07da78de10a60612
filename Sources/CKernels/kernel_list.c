#pragma STDC FP_CONTRACT OFF
#include "ckernels.h"
#include <string.h>

extern const kernel_table kernel_scalar;
#if defined(__x86_64__)
extern const kernel_table kernel_avx512vnni, kernel_avxvnni, kernel_avxvnni_evex, kernel_avx2,
    kernel_ssse3;
#elif defined(__aarch64__)
extern const kernel_table kernel_smmla, kernel_sdot, kernel_neon;
#elif defined(__ARM_NEON)
extern const kernel_table kernel_neon;
#elif defined(__ARM_FEATURE_SIMD32)
extern const kernel_table kernel_armv6;
#elif defined(__riscv) && __riscv_xlen == 64
extern const kernel_table kernel_rvv;
#endif

/// Best first. `other` is the same kernel, of the same name, in another encoding, for CPUs that lack the first.
static const struct { const kernel_table *table, *other; } kernels[] = {
#if defined(__x86_64__)
    {&kernel_avx512vnni, NULL},
    {&kernel_avxvnni, &kernel_avxvnni_evex},
    {&kernel_avx2, NULL},
    {&kernel_ssse3, NULL},
#elif defined(__aarch64__)
    {&kernel_smmla, NULL},
    {&kernel_sdot, NULL},
    {&kernel_neon, NULL},
#elif defined(__ARM_NEON)
    {&kernel_neon, NULL},
#elif defined(__ARM_FEATURE_SIMD32)
    {&kernel_armv6, NULL},
#elif defined(__riscv) && __riscv_xlen == 64
    {&kernel_rvv, NULL},
#endif
    {&kernel_scalar, NULL},
};

int kernel_count(void) { return (int)(sizeof kernels / sizeof *kernels); }

const kernel_table *kernel_at(int index) {
    if (index < 0 || index >= kernel_count()) return NULL;
    const kernel_table *table = kernels[index].table, *other = kernels[index].other;
    return other && !table->available() ? other : table;
}

const kernel_table *kernel_named(const char *name) {
    for (int i = 0; i < kernel_count(); i++)
        if (strcmp(kernels[i].table->name, name) == 0) return kernel_at(i);
    return NULL;
}

const kernel_table *kernel_best(void) {
    for (int i = 0; i < kernel_count(); i++)
        if (kernel_at(i)->available()) return kernel_at(i);
    return &kernel_scalar;
}
