#if defined(__riscv) && __riscv_xlen == 64
#include "cpu.h"
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

// From linux/hwprobe.h and asm/hwcap.h, which Debian 12's headers do not have yet.
enum { HWPROBE = 258, KEY_IMA_EXTENSIONS = 4, EXTENSION_V = 1 << 2 };
static const unsigned long hwcap_v = 1ul << ('V' - 'A');

bool cpu_has_vector(void) {
    struct { int64_t key; uint64_t value; } pair = {KEY_IMA_EXTENSIONS, 0};
    if (syscall(HWPROBE, &pair, 1ul, 0ul, 0ul, 0u) == 0 && pair.key == KEY_IMA_EXTENSIONS)
        return (pair.value & EXTENSION_V) != 0;
    // Kernels before 6.5. Some vendors' kernels set the bit for draft 0.7.1 (C906, C910), where the agnostic bits of
    // this vtype (8-bit elements, tail and mask agnostic) are no legal setting: then the sign bit of vtype is set.
    if (!(getauxval(AT_HWCAP) & hwcap_v)) return false;
    long vtype;
    __asm__ volatile(
        ".option push\n"
        ".option arch, +v\n"
        "vsetvli %0, zero, e8, m1, ta, ma\n"
        "csrr %0, vtype\n"
        ".option pop\n"
        : "=r"(vtype)::"vl", "vtype");
    return vtype >= 0;
}
#endif
