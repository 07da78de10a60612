// Where a head's arrays lie, and what is the same for every kernel that fills them.
#pragma once
#include "kernel_table.h"
#include <string.h>

/// Largest digit of one plane, and largest value of two base-254 digits: one more would round its high digit to 128.
enum { HEAD_MAX_1 = 127, HEAD_MAX_2 = 127 * 254 + 126 };

/// Index of channel n, input k in panels [n/16][k/4][16][4] of width `padded`.
static inline size_t panel_index(int32_t n, int32_t k, int32_t padded) {
    return (size_t)(n / 16) * 16 * (size_t)padded + (size_t)(k / 4) * 64 + (size_t)(n % 16) * 4 + (size_t)(k % 4);
}

/// Zeroes everything that padding will be read from.
static inline void head_clear(kernel_head *head) {
    size_t panels = (size_t)head->length_padded * (size_t)head->size_padded;
    int padding = head->length != head->length_padded || head->size != head->size_padded;
    for (int32_t p = 0; p < head->planes; p++) {
        if (padding) {
            memset(head->query[p], 128, panels);
            memset(head->key[p], 0, panels);
            memset(head->value[p], 0, panels);
        }
        memset(head->key_sum[p], 0, (size_t)head->length_padded * sizeof(int32_t));
        memset(head->value_sum[p], 0, (size_t)head->size_padded * sizeof(int32_t));
    }
    memset(head->key_scale, 0, (size_t)head->length_padded * sizeof(float));
    memset(head->value_scale, 0, (size_t)head->size_padded * sizeof(float));
}
