// The signs of kernel_sign as masks of the float sign bit, for the vector kernels; filled before main.
#pragma once
#include <stdint.h>

extern uint32_t kernel_sign_masks[1024];
