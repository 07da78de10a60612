// What the integer tiles of all instruction sets share: the steps from int32 sums to floats, and the loop over
// strips of channels and tiles of rows. Included after rows.h; the includer defines before
//   TILE_ROWS, TILE_PANELS                   the largest tile
//   sum_tile_RxV(a, lda, b, ...)             see SUM_TILE below
#pragma once
#include "ckernels.h"

/// From sums to floats: ((sum - zero * column_sum) * scale) * row_scale + bias, then the activation.
typedef struct {
    const int32_t *column_sum;  // [n]; read only where has_zero
    const float *scale;         // [n]
    const float *bias;          // [n] or null
    const int32_t *zero;        // per row
    const float *row_scale;     // per row
    kernel_activation activation;
    int has_zero;
} tile_steps;
