// The matmul of the table from tile_floats. Included after it.

static void matmul(const kernel_linear *linear, const kernel_rows *in, int32_t first, int32_t rows, int32_t n0,
                   int32_t n1, kernel_activation activation, float *out, size_t out_stride) {
    tile_steps steps = {linear->column_sum, linear->scale, linear->bias, in->zero + first, in->scale + first, activation};
    const uint8_t *high = in->values + (size_t)first * in->stride;
    const uint8_t *low = in->planes == 2 ? high + (size_t)in->capacity * in->stride : NULL;
    tile_floats(high, low, in->stride, rows, linear->panels, linear->k, n0, n1, &steps, out, out_stride);
}
