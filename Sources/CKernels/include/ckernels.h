// The arithmetic of Albit, one table of functions per instruction set. formats/int8.md derives it, kernel_table.h says
// what each function promises, scalar.c is the plain specification.
#pragma once
#include "kernel_table.h"

/// All tables compiled in, best first; scalar is the last.
int kernel_count(void);
const kernel_table *kernel_at(int index);
/// By name, or null; whether it can run here is for its available() to say.
const kernel_table *kernel_named(const char *name);
/// The best one this CPU runs.
const kernel_table *kernel_best(void);

/// Bytes of a head's memory for a sequence, and the placement of its arrays in 64-byte aligned memory of that size.
size_t kernel_head_bytes(int32_t length, int32_t size, int32_t planes, int32_t weight_planes);
void kernel_head_place(kernel_head *head, void *memory, int32_t length, int32_t size, int32_t planes,
                       int32_t weight_planes);

/// Sums over k of each output channel of panels [n/16][k/4][16][4].
void kernel_column_sums(const int8_t *panels, int32_t n, int32_t k, int32_t *sums);

/// c[i][j] += a[i * a_row + t * a_step] * b[t][j] for t in order, element by element: for calibration, not inference.
void kernel_product_f32(float *c, size_t c_row, const float *a, size_t a_row, size_t a_step, const float *b,
                        size_t b_row, int32_t rows, int32_t n, int32_t count);
void kernel_product_f64(double *c, size_t c_row, const double *a, size_t a_row, size_t a_step, const double *b,
                        size_t b_row, int32_t rows, int32_t n, int32_t count);

/// Sign of input channel i before the rotation: true for -1. Repeats every 1024 channels.
bool kernel_sign(int32_t channel);
/// The block that a row of k channels is rotated in, and the width it is padded to.
int32_t kernel_rotation_block(int32_t k);
int32_t kernel_rotation_width(int32_t k);
