// Tiles one panel (16 channels) wide, from TILE_ROWS (even), OFFSET and panel_sums of the includer: tile_floats and
// tile_sums. A kernel whose registers hold wider tiles has its own two functions of these names, in its own file.

/// Channels n0 ... n1 of rows at a (and their low plane at b, or null); out points at channel n0.
static void tile_floats(const uint8_t *a, const uint8_t *b, size_t lda, int32_t rows, const int8_t *panels, int32_t k,
                        int32_t n0, int32_t n1, const tile_steps *steps, float *out, size_t ldo) {
    int32_t height = b ? TILE_ROWS / 2 : TILE_ROWS;
    for (int32_t j = n0; j < n1; j += 16) {
        const int8_t *w = panels + (size_t)j * (size_t)k;
        for (int32_t row = 0; row < rows; row += height) {
            int32_t count = rows - row < height ? rows - row : height;
            const uint8_t *x[TILE_ROWS];
            for (int32_t r = 0; r < count; r++) x[r] = a + (size_t)(row + r) * lda;
            if (b)
                for (int32_t r = 0; r < count; r++) x[count + r] = b + (size_t)(row + r) * lda;
            i32x16 sums[TILE_ROWS];
            panel_sums(x, b ? 2 * count : count, w, k, sums);
            for (int32_t r = 0; r < count; r++)
                finish_panel(sums[r], b ? sums[count + r] : sums[r], b != NULL, OFFSET, steps, j, row + r,
                             out + (size_t)(row + r) * ldo + (j - n0));
        }
    }
}

/// Raw sums of u * w of up to 8 rows with one panel: [8][16].
static void tile_sums(const uint8_t *a, size_t lda, int32_t rows, const int8_t *panel, int32_t k,
                      const int32_t *column_sum, int32_t *out) {
    i32x16 added = i_mul(i_load(column_sum), i_set(OFFSET));
    for (int32_t row = 0; row < rows; row += TILE_ROWS) {
        int32_t count = rows - row < TILE_ROWS ? rows - row : TILE_ROWS;
        const uint8_t *x[TILE_ROWS];
        for (int32_t r = 0; r < count; r++) x[r] = a + (size_t)(row + r) * lda;
        i32x16 sums[TILE_ROWS];
        panel_sums(x, count, panel, k, sums);
        for (int32_t r = 0; r < count; r++) i_store(out + 16 * (row + r), i_add(sums[r], added));
    }
}
