#pragma STDC FP_CONTRACT OFF
#include "ckernels.h"

static size_t round_up(size_t bytes) { return (bytes + 63) & ~(size_t)63; }

/// Lays the arrays out from `memory` on, or only measures where it is null; returns the bytes that they take.
static size_t place(kernel_head *head, char *memory) {
    size_t s = (size_t)head->length_padded, d = (size_t)head->size_padded, used = 0;
#define PLACE(array, bytes)                                \
    do {                                                   \
        if (memory) head->array = (void *)(memory + used); \
        used += round_up(bytes);                           \
    } while (0)
    for (int32_t p = 0; p < head->planes; p++) {
        PLACE(query[p], s * d);
        PLACE(key[p], s * d);
        PLACE(value[p], s * d);
        PLACE(key_sum[p], s * 4);
        PLACE(value_sum[p], d * 4);
    }
    PLACE(query_scale, s * 4);
    PLACE(key_scale, s * 4);
    PLACE(value_scale, d * 4);
    PLACE(scores, 8 * (s + d) * 4);
    PLACE(weights, 2 * 8 * s);
#undef PLACE
    return used;
}

static kernel_head described(int32_t length, int32_t size, int32_t planes, int32_t weight_planes) {
    return (kernel_head){
        .length = length, .length_padded = (length + 15) / 16 * 16, .size = size, .size_padded = (size + 15) / 16 * 16,
        .planes = planes, .weight_planes = weight_planes,
    };
}

size_t kernel_head_bytes(int32_t length, int32_t size, int32_t planes, int32_t weight_planes) {
    kernel_head head = described(length, size, planes, weight_planes);
    return place(&head, NULL);
}

void kernel_head_place(kernel_head *head, void *memory, int32_t length, int32_t size, int32_t planes,
                       int32_t weight_planes) {
    *head = described(length, size, planes, weight_planes);
    place(head, memory);
}
