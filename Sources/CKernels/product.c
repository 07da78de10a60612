#pragma STDC FP_CONTRACT OFF
#include "ckernels.h"
#include "cpu.h"

// C += A B in plain float or double arithmetic, for calibration: every element of C adds its products in the order
// of t, whatever the width of the vectors, so that a quantized file does not depend on the machine that made it.
// The same loop is compiled for each instruction set; only the width of a step differs.

enum { TILE_ROWS = 4 };

#define PRODUCT(NAME, TYPE, WIDTH)                                                                                   \
    static void NAME(TYPE *c, size_t c_row, const TYPE *a, size_t a_row, size_t a_step, const TYPE *b, size_t b_row, \
                     int32_t rows, int32_t n, int32_t count) {                                                       \
        typedef TYPE vector __attribute__((vector_size(WIDTH), aligned(sizeof(TYPE))));                              \
        enum { LANES = WIDTH / sizeof(TYPE) };                                                                       \
        for (int32_t r = 0; r < rows; r += TILE_ROWS) {                                                              \
            int32_t height = rows - r < TILE_ROWS ? rows - r : TILE_ROWS;                                            \
            int32_t j = 0;                                                                                           \
            if (height == TILE_ROWS)                                                                                 \
                for (; j + 2 * LANES <= n; j += 2 * LANES) {                                                         \
                    TYPE *c0 = c + r * c_row + j, *c1 = c0 + c_row, *c2 = c1 + c_row, *c3 = c2 + c_row;              \
                    vector s0 = *(vector *)c0, s1 = *(vector *)c1, s2 = *(vector *)c2, s3 = *(vector *)c3;           \
                    vector u0 = *(vector *)(c0 + LANES), u1 = *(vector *)(c1 + LANES);                               \
                    vector u2 = *(vector *)(c2 + LANES), u3 = *(vector *)(c3 + LANES);                               \
                    const TYPE *x = a + r * a_row, *y = b + j;                                                       \
                    for (int32_t t = 0; t < count; t++, x += a_step, y += b_row) {                                   \
                        vector v = *(const vector *)y, w = *(const vector *)(y + LANES);                             \
                        TYPE f0 = x[0], f1 = x[a_row], f2 = x[2 * a_row], f3 = x[3 * a_row];                         \
                        s0 += f0 * v; u0 += f0 * w; s1 += f1 * v; u1 += f1 * w;                                      \
                        s2 += f2 * v; u2 += f2 * w; s3 += f3 * v; u3 += f3 * w;                                      \
                    }                                                                                                \
                    *(vector *)c0 = s0; *(vector *)c1 = s1; *(vector *)c2 = s2; *(vector *)c3 = s3;                  \
                    *(vector *)(c0 + LANES) = u0; *(vector *)(c1 + LANES) = u1;                                      \
                    *(vector *)(c2 + LANES) = u2; *(vector *)(c3 + LANES) = u3;                                      \
                }                                                                                                    \
            for (; j < n; j++)                                                                                       \
                for (int32_t i = 0; i < height; i++) {                                                               \
                    TYPE sum = c[(r + i) * c_row + j];                                                               \
                    for (int32_t t = 0; t < count; t++) sum += a[(r + i) * a_row + t * a_step] * b[t * b_row + j];   \
                    c[(r + i) * c_row + j] = sum;                                                                    \
                }                                                                                                    \
        }                                                                                                            \
    }

PRODUCT(product_f32_plain, float, 16)
PRODUCT(product_f64_plain, double, 16)

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
PRODUCT(product_f32_avx2, float, 32)
PRODUCT(product_f64_avx2, double, 32)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
PRODUCT(product_f32_avx512, float, 64)
PRODUCT(product_f64_avx512, double, 64)
#pragma clang attribute pop
#define CHOOSE(SUFFIX)                             \
    (cpu_has_avx512f() ? product_##SUFFIX##_avx512 \
     : cpu_has_avx2() ? product_##SUFFIX##_avx2 : product_##SUFFIX##_plain)
#else
#define CHOOSE(SUFFIX) product_##SUFFIX##_plain
#endif

void kernel_product_f32(float *c, size_t c_row, const float *a, size_t a_row, size_t a_step, const float *b,
                        size_t b_row, int32_t rows, int32_t n, int32_t count) {
    CHOOSE(f32)(c, c_row, a, a_row, a_step, b, b_row, rows, n, count);
}

void kernel_product_f64(double *c, size_t c_row, const double *a, size_t a_row, size_t a_step, const double *b,
                        size_t b_row, int32_t rows, int32_t n, int32_t count) {
    CHOOSE(f64)(c, c_row, a, a_row, a_step, b, b_row, rows, n, count);
}
