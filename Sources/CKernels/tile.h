// From int32 sums to floats: what the integer tiles of all instruction sets share.
#pragma once
#include "ckernels.h"

/// From sums to floats: ((sum - zero * column_sum) * scale) * row_scale + bias, then the activation.
typedef struct {
    const int32_t *column_sum;  // [n]
    const float *scale;         // [n]
    const float *bias;          // [n] or null
    const int32_t *zero;        // per row
    const float *row_scale;     // per row
    kernel_activation activation;
} tile_steps;
