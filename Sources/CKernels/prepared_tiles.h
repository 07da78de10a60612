// Tiles one panel wide for instruction sets whose multiplies want their operands in another form than bytes: rows are
// brought into it once for a strip of panels, a piece of K at a time. Each 4 inputs become 8 bytes, and those of a
// tile's rows lie side by side: [inputs/4][TILE_ROWS][8].
//
// The includer defines TILE_ROWS (even), OFFSET, and
//   prepare_16(u, out): 16 inputs, 4 to each of out, out + 8 * TILE_ROWS, ...
//   panel_sums(x, count, w, k, sums): adds the sums over k of `count` rows prepared at x with the panel at w to sums
// and gets tile_floats and tile_sums as panel_tiles.h describes them.

enum {
    STRIP = 8,        // panels that prepared rows meet before the next rows are prepared
    PREPARED = 1024,  // inputs that are prepared at a time: rows and a panel stay in the first cache level
};

/// The sums of `count` rows with the panels w ... of a strip: sums[panel][row].
static void strip_sums(const uint8_t *const *rows, int32_t count, const int8_t *w, int32_t k, int32_t panels,
                       i32x16 sums[STRIP][TILE_ROWS]) {
    __attribute__((aligned(64))) uint8_t x[2 * PREPARED * TILE_ROWS];
    for (int32_t p = 0; p < panels; p++)
        for (int32_t r = 0; r < count; r++) sums[p][r] = i_set(0);
    for (int32_t begin = 0; begin < k; begin += PREPARED) {
        int32_t inputs = k - begin < PREPARED ? k - begin : PREPARED;
        for (int32_t r = 0; r < count; r++)
            for (int32_t i = 0; i < inputs; i += 16) prepare_16(rows[r] + begin + i, x + 2 * TILE_ROWS * i + 8 * r);
        for (int32_t p = 0; p < panels; p++)
            panel_sums(x, count, w + (size_t)p * 16 * (size_t)k + (size_t)begin * 16, inputs, sums[p]);
    }
}

static void tile_floats(const uint8_t *a, const uint8_t *b, size_t lda, int32_t rows, const int8_t *panels, int32_t k,
                        int32_t n0, int32_t n1, const tile_steps *steps, float *out, size_t ldo) {
    int32_t height = b ? TILE_ROWS / 2 : TILE_ROWS;
    for (int32_t j = n0; j < n1; j += 16 * STRIP) {
        int32_t width = (n1 - j) / 16 < STRIP ? (n1 - j) / 16 : STRIP;
        for (int32_t row = 0; row < rows; row += height) {
            int32_t count = rows - row < height ? rows - row : height;
            const uint8_t *x[TILE_ROWS];
            for (int32_t r = 0; r < count; r++) x[r] = a + (size_t)(row + r) * lda;
            if (b)
                for (int32_t r = 0; r < count; r++) x[count + r] = b + (size_t)(row + r) * lda;
            i32x16 sums[STRIP][TILE_ROWS];
            strip_sums(x, b ? 2 * count : count, panels + (size_t)j * (size_t)k, k, width, sums);
            for (int32_t p = 0; p < width; p++)
                for (int32_t r = 0; r < count; r++)
                    finish_panel(sums[p][r], b ? sums[p][count + r] : sums[p][r], b != NULL, OFFSET, steps, j + 16 * p,
                                 row + r, out + (size_t)(row + r) * ldo + (j - n0) + 16 * p);
        }
    }
}

static void tile_sums(const uint8_t *a, size_t lda, int32_t rows, const int8_t *panel, int32_t k,
                      const int32_t *column_sum, int32_t *out) {
    i32x16 added = i_mul(i_load(column_sum), i_set(OFFSET));
    for (int32_t row = 0; row < rows; row += TILE_ROWS) {
        int32_t count = rows - row < TILE_ROWS ? rows - row : TILE_ROWS;
        const uint8_t *x[TILE_ROWS];
        for (int32_t r = 0; r < count; r++) x[r] = a + (size_t)(row + r) * lda;
        i32x16 sums[STRIP][TILE_ROWS];
        strip_sums(x, count, panel, k, 1, sums);
        for (int32_t r = 0; r < count; r++) i_store(out + 16 * (row + r), i_add(sums[0][r], added));
    }
}
