#pragma STDC FP_CONTRACT OFF
#include "ckernels.h"

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
