// The arithmetic of Albit, one table of functions per instruction set. formats/int8.md derives it;
// scalar.c is its plain specification and every other table gives the same bytes.
//
// Common rules: float32 steps rounded one by one (no FMA, no estimates, no libm); sums of floats run over
// 16 virtual lanes (lane i adds elements i, i + 16, ... in order, from +0.0; a missing element adds nothing)
// and then fold by halves: lane i += lane i + 8, then + 4, + 2, + 1. Rows never mix.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ------------------------------------------------------------------------------------ quantized matmul

/// A matrix [n][k] of int8 weights, ready to run.
typedef struct {
    const int8_t *panels;       // [n/16][k/4][16][4], 64-byte aligned, values -127...127, zero padding
    const float *scale;         // [n] one step of an output channel
    const float *bias;          // [n]
    const int32_t *column_sum;  // [n] sum over k of the weights
    int32_t n, k;               // padded: both multiples of 16
} kernel_linear;

/// How float rows become integers: u = rne((x - shift) rotated, over the row's step) + zero.
typedef struct {
    const float *shift;  // [k] or null: none
    int32_t k;           // true width of a row
    int32_t k_padded;    // multiple of 16, and of block; what lies between is zero before the rotation
    int32_t block;       // 0: not rotated; else a power of two 16...1024: signs, then Walsh-Hadamard in blocks
    int32_t planes;      // 1: u in 1...255; 2: u in 0...65535 as high and low byte planes
} kernel_input;

/// Quantized rows. Plane p of row r begins at values + (p * capacity + r) * stride.
typedef struct {
    uint8_t *values;
    float *scale;     // [capacity] the row's step
    int32_t *zero;    // [capacity] its zero point
    size_t stride;    // bytes, >= k_padded, a multiple of 64 is best plus an odd number of lines
    int32_t capacity; // rows that fit
    int32_t planes;
} kernel_rows;

typedef enum { KERNEL_LINEAR = 0, KERNEL_GELU_TANH = 1, KERNEL_GELU_ERF = 2, KERNEL_RELU = 3 } kernel_activation;

// ------------------------------------------------------------------------------------------ attention

/// One head of one sequence: queries as rows, keys and values as panels, so that both products are matmuls.
/// The layout of the memory behind it is fixed by kernel_head_bytes and private to attention.h.
typedef struct {
    int32_t length;          // tokens S
    int32_t length_padded;   // multiple of 16
    int32_t size;            // true head size d
    int32_t size_padded;     // multiple of 16
    int32_t planes;          // 1: int8 queries, keys, values; 2: 15-bit ones as base-254 digits
    int32_t weight_planes;   // softmax weights: 1: 0...255, 2: 0...65535
    uint8_t *query[2];       // [length][size_padded], digit + 128
    int8_t *key[2];          // panels [length_padded/16][size_padded/4][16][4]
    int8_t *value[2];        // panels [size_padded/16][length_padded/4][16][4]
    float *query_scale;      // [length], includes log2(e) / sqrt(d)
    float *key_scale;        // [length_padded]
    float *value_scale;      // [size_padded]
    int32_t *key_sum[2];     // [length_padded] sums over d, for the + 128 of the queries
    int32_t *value_sum[2];   // [size_padded] sums over the tokens, for kernels of signed operands
    float *scores;           // scratch: [8][length_padded] floats, then [8][size_padded]
    uint8_t *weights;        // scratch: [2][8][length_padded]
} kernel_head;

// ----------------------------------------------------------------------------------------------- table

typedef struct {
    const char *name;
    /// False where this CPU cannot run it.
    bool (*available)(void);

    /// Rows first ... first + rows of out from x[row * stride]. scratch: k_padded floats, 64-byte aligned.
    void (*quantize)(const kernel_input *input, const float *x, size_t stride, int32_t rows,
                     kernel_rows *out, int32_t first, float *scratch);
    /// out[row][j] = activation((acc * scale[j]) * row step + bias[j]) for rows of `in` first ... first + rows and
    /// output channels n0 ... n1 (multiples of 16); out points at channel n0 of the first row.
    void (*matmul)(const kernel_linear *linear, const kernel_rows *in, int32_t first, int32_t rows,
                   int32_t n0, int32_t n1, kernel_activation activation, float *out, size_t out_stride);
    /// x[row][i] = activation(x[row][i] + low[row][i]): joins a matmul's products with those of the second plane of
    /// its weights.
    void (*add_plane)(float *x, const float *low, size_t stride, int32_t rows, int32_t n, kernel_activation activation);
    /// out = LayerNorm(x + residual) * weight + bias, row by row; residual may be null; out may be x or residual.
    void (*add_norm)(const float *x, size_t x_stride, const float *residual, size_t residual_stride,
                     const float *weight, const float *bias, float epsilon, int32_t n, int32_t rows,
                     float *out, size_t out_stride);
    /// Fills a head from rows of query, key, value floats (each [length][stride], size wide).
    void (*pack_head)(kernel_head *head, const float *query, const float *key, const float *value, size_t stride);
    /// Context rows first ... first + rows: out[row][0..<size].
    void (*attend)(const kernel_head *head, int32_t first, int32_t rows, float *out, size_t out_stride);
    /// out[i] = (word[i] * word_scale + position[i] * position_scale) + type[i] * type_scale
    void (*embed)(const int8_t *word, float word_scale, const int8_t *position, float position_scale,
                  const int8_t *type, float type_scale, int32_t n, float *out);
    /// In place.
    void (*tanh)(float *x, int32_t n);
    /// In place, single precision softmax over n values (scores of heads; not the integer attention).
    void (*softmax)(float *x, int32_t n);
    /// Integer rows times a row-major int8 table [count][k] with one scale per row, from row `first_row` on:
    /// out[row][j] = (acc * scale[j]) * row step + bias[j]; bias may be null. Masked-word head, nearest neighbours.
    void (*matmul_table)(const int8_t *table, const float *scale, const float *bias, int32_t k, int32_t count,
                         const kernel_rows *in, int32_t first, int32_t rows, float *out, size_t out_stride);

    // The float32 reference ----------------------------------------------------------------------
    /// out[row][j] = activation(dot(x row, w[j]) + bias[j]); w row-major [n][k]; bias may be null.
    void (*matmul_f32)(const float *w, const float *bias, int32_t n, int32_t k, const float *x, size_t x_stride,
                       int32_t rows, kernel_activation activation, float *out, size_t out_stride);
    /// One head: softmax(q k^T / sqrt(size)) v for query rows first ... first + rows. scratch: length floats.
    void (*attend_f32)(const float *query, const float *key, const float *value, size_t stride, int32_t length,
                       int32_t size, int32_t first, int32_t rows, float *scratch, float *out, size_t out_stride);
    /// Register-only loop of the int8 multiply; returns multiply-accumulates done. For the machine's peak.
    uint64_t (*peak)(uint64_t iterations);
} kernel_table;

/// All tables compiled in, best first; scalar is the last.
int kernel_count(void);
const kernel_table *kernel_at(int index);
/// By name, or null; whether it can run here is for its available() to say.
const kernel_table *kernel_named(const char *name);
/// The best one this CPU runs.
const kernel_table *kernel_best(void);

/// Bytes of a head's memory for a sequence, and the placement of its arrays in 64-byte aligned memory of that size.
size_t kernel_head_bytes(int32_t length, int32_t size, int32_t planes, int32_t weight_planes);
void kernel_head_place(kernel_head *head, void *memory, int32_t length, int32_t size, int32_t planes, int32_t weight_planes);

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
