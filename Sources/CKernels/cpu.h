// What the CPU can do, asked once for each instruction set that a kernel needs.
#pragma once
#include <stdbool.h>

#if defined(__x86_64__)
// The compiler's runtime asks CPUID, and XGETBV whether the system keeps the registers.
static inline bool cpu_has_ssse3(void) { return __builtin_cpu_supports("ssse3"); }
static inline bool cpu_has_avx2(void) { return __builtin_cpu_supports("avx2"); }
static inline bool cpu_has_avxvnni(void) { return cpu_has_avx2() && __builtin_cpu_supports("avxvnni"); }
static inline bool cpu_has_avx512f(void) { return __builtin_cpu_supports("avx512f"); }
/// The 256-bit registers in the encoding of AVX-512, with dot products.
static inline bool cpu_has_avx512vl_vnni(void) {
    return __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}
static inline bool cpu_has_avx512_vnni(void) {
    return cpu_has_avx512f() && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && cpu_has_avx512vl_vnni();
}
#elif defined(__aarch64__)
#include <sys/auxv.h>  // HWCAP_...
static inline bool cpu_has_dot_product(void) { return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }
static inline bool cpu_has_int8_matrices(void) { return (getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0; }
#elif defined(__ARM_NEON)
#include <sys/auxv.h>
static inline bool cpu_has_neon(void) { return (getauxval(AT_HWCAP) & HWCAP_ARM_NEON) != 0; }
#elif defined(__riscv) && __riscv_xlen == 64
/// Vector instructions as ratified (1.0). Asks the kernel where it can tell; older ones set a bit for drafts too.
bool cpu_has_vector(void);
#endif
