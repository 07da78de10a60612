#pragma STDC FP_CONTRACT OFF
#include "ckernels.h"
#include "signs.h"

// One bit of a fixed integer hash per channel (a finalizer of MurmurHash3): signs that no layer can be in step with.
bool kernel_sign(int32_t channel) {
    uint32_t x = (uint32_t)(channel & 1023) + 1;
    x ^= x >> 16;
    x *= 0x85EBCA6Bu;
    x ^= x >> 13;
    x *= 0xC2B2AE35u;
    x ^= x >> 16;
    return x & 1;
}

int32_t kernel_rotation_width(int32_t k) { return (k + 63) / 64 * 64; }

int32_t kernel_rotation_block(int32_t k) {
    int32_t width = kernel_rotation_width(k), block = width & -width;
    return block > 1024 ? 1024 : block;
}

// Filled before main, so that kernels need no check.
uint32_t kernel_sign_masks[1024];
__attribute__((constructor)) static void fill_sign_masks(void) {
    for (int32_t i = 0; i < 1024; i++) kernel_sign_masks[i] = kernel_sign(i) ? 0x80000000u : 0;
}
