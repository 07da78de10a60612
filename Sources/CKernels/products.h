// The integer products of the table: attention, matmul, and a table of rows. Included after the tiles, dot_bytes and
// sum_bytes: see include/kernel_table.h.
#include "attention.h"

static void matmul(const kernel_linear *linear, const kernel_rows *in, int32_t first, int32_t rows, int32_t n0,
                   int32_t n1, kernel_activation activation, float *out, size_t out_stride) {
    tile_steps steps = {linear->column_sum, linear->scale, linear->bias, in->zero + first, in->scale + first,
                        activation};
    const uint8_t *high = in->values + (size_t)first * in->stride;
    const uint8_t *low = in->planes == 2 ? high + (size_t)in->capacity * in->stride : NULL;
    tile_floats(high, low, in->stride, rows, linear->panels, linear->k, n0, n1, &steps, out, out_stride);
}

static void matmul_table(const int8_t *table, const float *scale, const float *bias, int32_t k, int32_t count,
                         const kernel_rows *in, int32_t first, int32_t rows, float *out, size_t out_stride) {
    for (int32_t j = 0; j < count; j++) {
        const int8_t *w = table + (size_t)j * (size_t)k;
        int32_t sum = sum_bytes(w, k);
        for (int32_t row = 0; row < rows; row++) {
            const uint8_t *u = in->values + (size_t)(first + row) * in->stride;
            int32_t zero = in->zero[first + row];
            float f;
            if (in->planes == 2) {
                int32_t high = dot_bytes(u, w, k) - (zero >> 8) * sum;
                int32_t low = dot_bytes(u + (size_t)in->capacity * in->stride, w, k) - (zero & 255) * sum;
                f = (float)high * 256.0f + (float)low;
            } else {
                f = (float)(dot_bytes(u, w, k) - zero * sum);
            }
            float y = (f * scale[j]) * in->scale[first + row];
            out[(size_t)row * out_stride + (size_t)j] = bias ? y + bias[j] : y;
        }
    }
}
