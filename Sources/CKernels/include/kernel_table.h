// The contract of a kernel, whole: what its entries promise, and how one is written.
//
// A kernel is one table of functions for one instruction set. scalar.c is the specification in plain C; every other
// table gives the same bytes for the same input (Tests/CKernelsTests compares with ==).
//
// 1. Rules for every entry
// - Float steps are float32, each rounded by itself: no fused multiply-add, no estimates, no libm. A sum of floats runs
//   over 16 virtual lanes (lane i adds elements i, i + 16, ... in order, from +0.0; a missing element adds nothing),
//   which then fold by halves: lane i += lane i + 8, then + 4, + 2, + 1. Rows never mix, so how many are given at once
//   changes nothing. Integer sums are exact and may be taken in any order.
// - Minima and maxima get +0.0 added, because which zero they return depends on the instruction set. What an entry
//   makes of NaN is unspecified; the runtime looks for it elsewhere.
// - Denormals are kept: an instruction set whose vector floats flush them uses scalar ones.
// - Counts (rows, n, k, length) are 0 or more, strides are in elements unless they say bytes, and pointers have the
//   alignment of their type; only panels are 64-byte aligned. Other memory that is so aligned is faster.
// - Nothing outside the given counts is written, and nothing outside them read, except padding that a layout below
//   names. Outputs overlap no input unless an entry says that they may.
// - Entries allocate nothing, keep no state and may run on several threads at once. The scratch that a call is given
//   belongs to it alone while it runs, a head's scores and weights too.
//
// 2. Layouts
// - Panels [n/16][k/4][16][4] of int8 weights: 16 output channels by 4 inputs make 64 bytes. n and k are padded to
//   multiples of 16, with zeros. Values are -127 ... 127, never -128: |w| has to fit a signed byte.
// - Quantized rows: width k padded to a multiple of 16, padding included in what quantize writes. With two planes, the
//   low bytes of all rows lie `capacity` rows after the high bytes.
// - k is at most 16384, so that 255 * 127 * k and zero * column sum stay within int32.
//
// 3. Writing one: Sources/CKernels/NAME.c, in this order
//       #pragma STDC FP_CONTRACT OFF              the first line, above all includes
//       #if defined(ARCHITECTURE)
//       #pragma clang attribute push(__attribute__((target("..."))), apply_to = function)
//       #include "lanes_NAME.h"                   sixteen lanes, see 4
//       #include "template.h"                     EACH, float rows, quantizer, PANEL_SUMS
//       enum { TILE_ROWS = R, OFFSET = 0 };       rows of its widest tile, and what its sums take off every u: 0, or
//                                                 128 where the multiplies want both operands signed
//       panel_sums(x, count, w, k, sums)          sums[r], r < count <= TILE_ROWS, are the 16 channels' sums over k of
//                                                 (x[r][i] - OFFSET) * w, from the panel at w. Or SUMS(R), a macro that
//                                                 defines such a function sums_R for exactly R rows, then PANEL_SUMS(4)
//       #include "panel_tiles.h"                  tiles one panel wide. A kernel with wider ones defines tile_floats
//                                                 and tile_sums itself, as panel_tiles.h describes them
//       dot_bytes(u, w, k), sum_bytes(w, k)       exact sums of u[i] * w[i] and of w[i], for any k and alignment
//       #include "products.h"                     attention, matmul and matmul_table, from all of the above
//       peak(iterations)                          PEAK(...) of template.h does for most
//       #pragma clang attribute pop
//       available()                               asks cpu.h
//       KERNEL_TABLE(kernel_NAME, "NAME");
//       #endif
//   Then a line in kernel_list.c, best first, and the name in `Kernel.names` of AlbitRuntime.
//
// 4. Lanes: what lanes_*.h defines
// - LANE: static inline, as an attribute. f32x16, i32x16: 16 floats, 16 int32. SIDE_BY_SIDE: how many such vectors
//   functions of many steps take at once (4 where there are registers for it, else 1).
// - f_set(v), f_load(p), f_store(p, x): any alignment. f_load_part(p, n), f_store_part(p, x, n): the first n < 16
//   lanes; memory beyond is not touched, other lanes are +0.0. f_keep(x, n): lanes from n on become +0.0.
// - f_add, f_sub, f_mul, f_div: IEEE 754, round to nearest even, denormals kept. f_min, f_max: of numbers; either zero.
//   f_abs(x). f_where_negative(x, a, b): a where x < 0, else b.
// - f_bits, i_as_float: the same bits. i_to_float: to nearest even.
// - f_fold: the sum of the lanes by halves (1). f_min_lane, f_max_lane: over the lanes. i_sum: over the lanes, exact.
// - f_hadamard: butterflies (a, b) -> (a + b, a - b) of strides 1, 2, 4, 8 over the lanes.
// - i_set(v), i_load(p), i_store(p, x); i_load_s8(p): 16 bytes, sign extended. i_add, i_sub, i_mul wrap; i_min, i_max,
//   i_or, i_and; i_keep(x, n); i_shift_left(x, n), i_shift_right(x, n) (zeros come in), n a constant.
// - i_store_bytes(p, x): the low byte of each lane. i_store_levels(p, a, b, c, d): 64 bytes clamped to 1 ... 255, from
//   values of at most 16 bits and a sign after saturation. i_store_planes(high, low, a, b, c, d): high and low bytes of
//   64 values clamped to 0 ... 65535.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A matrix [n][k] of int8 weights with what turns its sums into floats, ready to run.
typedef struct {
    const int8_t *panels;       // [n/16][k/4][16][4], 64-byte aligned, values -127...127, zero padding
    const float *scale;         // [n] one step of an output channel
    const float *bias;          // [n]
    const int32_t *column_sum;  // [n] sum over k of the weights
    int32_t n, k;               // padded: both multiples of 16
} kernel_linear;

/// How float rows become integers: u = rne((x - shift) * gain rotated, over the row's scale) + zero.
typedef struct {
    const float *shift;  // [k] or null: none
    const float *gain;   // [k_padded], read where rotated: what channels are multiplied by, signs included
    int32_t k;           // true width of a row
    int32_t k_padded;    // multiple of 16, and of block; what lies between is zero before the rotation
    int32_t block;       // 0: not rotated; else a power of two 16...1024: gains, then Walsh-Hadamard in blocks
    int32_t planes;      // 1: u in 1...255; 2: u in 0...65535 as high and low byte planes
} kernel_input;

/// Quantized rows. Plane p of row r begins at values + (p * capacity + r) * stride.
typedef struct {
    uint8_t *values;
    float *scale;      // [capacity] the row's step
    int32_t *zero;     // [capacity] its zero point
    size_t stride;     // bytes, >= k_padded; a multiple of 64 is best, with an odd number of cache lines
    int32_t capacity;  // rows that fit
    int32_t planes;
} kernel_rows;

/// What follows a matmul.
typedef enum {
    KERNEL_ACTIVATION_NONE = 0,
    KERNEL_ACTIVATION_GELU_TANH = 1,
    KERNEL_ACTIVATION_GELU_ERF = 2,
    KERNEL_ACTIVATION_RELU = 3
} kernel_activation;

/// One head of one sequence: queries as rows, keys and values as panels, so that both products are matmuls.
/// The layout of the memory behind it is fixed by kernel_head_place and private to CKernels.
typedef struct {
    int32_t length;         // tokens S
    int32_t length_padded;  // multiple of 16
    int32_t size;           // true head size d
    int32_t size_padded;    // multiple of 16
    int32_t planes;         // 1: int8 queries, keys, values; 2: 15-bit ones as base-254 digits
    int32_t weight_planes;  // softmax weights: 1: 0...255, 2: 0...65535
    uint8_t *query[2];      // [length][size_padded], digit + 128
    int8_t *key[2];         // panels [length_padded/16][size_padded/4][16][4]
    int8_t *value[2];       // panels [size_padded/16][length_padded/4][16][4]
    float *query_scale;     // [length], includes log2(e) / sqrt(d)
    float *key_scale;       // [length_padded]
    float *value_scale;     // [size_padded]
    int32_t *key_sum[2];    // [length_padded] sums over d, for the + 128 of the queries
    int32_t *value_sum[2];  // [size_padded] sums over the tokens, for kernels of signed operands
    float *scores;          // scratch: [8][length_padded] floats, then [8][size_padded]
    uint8_t *weights;       // scratch: [2][8][length_padded]
} kernel_head;

typedef struct {
    const char *name;
    /// False where this CPU cannot run it.
    bool (*available)(void);

    /// Quantizes `rows` rows of input->k floats, row r at x + r * stride, into rows first ... first + rows of out: all
    /// k_padded values of each plane, its scale and its zero. scratch: k_padded floats. out->planes is input->planes.
    void (*quantize)(const kernel_input *input, const float *x, size_t stride, int32_t rows,
                     kernel_rows *out, int32_t first, float *scratch);
    /// out[row][j - n0] = activation((acc * scale[j]) * row scale + bias[j]) for rows first ... first + rows of `in`,
    /// which are linear->k wide, and output channels n0 <= j < n1 (multiples of 16, at most n); row r of out lies at
    /// out + r * out_stride.
    void (*matmul)(const kernel_linear *linear, const kernel_rows *in, int32_t first, int32_t rows,
                   int32_t n0, int32_t n1, kernel_activation activation, float *out, size_t out_stride);
    /// x[row][i] = activation(x[row][i] + low[row][i]), i < n, both with rows `stride` apart: joins a matmul's products
    /// with those of the second plane of its weights.
    void (*add_plane)(float *x, const float *low, size_t stride, int32_t rows, int32_t n, kernel_activation activation);
    /// out = LayerNorm(x + residual) * weight + bias over the n values of each row; residual may be null; out may be x
    /// or residual, with the same stride. weight, bias: [n].
    void (*add_norm)(const float *x, size_t x_stride, const float *residual, size_t residual_stride,
                     const float *weight, const float *bias, float epsilon, int32_t n, int32_t rows,
                     float *out, size_t out_stride);
    /// Fills a head that kernel_head_place has laid out from rows of query, key and value floats, each [length][size]
    /// with rows `stride` apart. Values are finite.
    void (*pack_head)(kernel_head *head, const float *query, const float *key, const float *value, size_t stride);
    /// Context rows first ... first + rows of a packed head: [rows][size], `out_stride` apart. Uses the head's scratch.
    void (*attend)(const kernel_head *head, int32_t first, int32_t rows, float *out, size_t out_stride);
    /// out[i] = (word[i] * word_scale + position[i] * position_scale) + type[i], i < n; type may be null: all 0.
    void (*embed)(const int8_t *word, float word_scale, const int8_t *position, float position_scale,
                  const float *type, int32_t n, float *out);
    /// Hyperbolic tangent of n values, in place.
    void (*tanh)(float *x, int32_t n);
    /// Float softmax over n values, in place (scores of heads; not the integer attention).
    void (*softmax)(float *x, int32_t n);
    /// Integer rows times a row-major int8 table [count][k] with one scale a row: out[row][j] = (acc * scale[j]) * row
    /// scale + bias[j], j < count; bias may be null. k is any width up to the rows'. Masked-word head, nearest
    /// neighbours.
    void (*matmul_table)(const int8_t *table, const float *scale, const float *bias, int32_t k, int32_t count,
                         const kernel_rows *in, int32_t first, int32_t rows, float *out, size_t out_stride);

    // The float32 reference ----------------------------------------------------------------------
    /// out[row][j] = activation(dot(x row, w[j]) + bias[j]); w row-major [n][k]; bias may be null.
    void (*matmul_f32)(const float *w, const float *bias, int32_t n, int32_t k, const float *x, size_t x_stride,
                       int32_t rows, kernel_activation activation, float *out, size_t out_stride);
    /// One head: softmax(q k^T / sqrt(size)) v for query rows first ... first + rows; query, key and value as for
    /// pack_head. scratch: length floats.
    void (*attend_f32)(const float *query, const float *key, const float *value, size_t stride, int32_t length,
                       int32_t size, int32_t first, int32_t rows, float *scratch, float *out, size_t out_stride);
    /// Runs the instructions of the int8 multiply in registers; returns multiply-accumulates done. The machine's peak.
    uint64_t (*peak)(uint64_t iterations);
} kernel_table;
