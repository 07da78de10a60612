// Float row operations, written once over sixteen lanes (lanes_*.h) and compiled for each instruction set. The
// order of every rounding is that of scalar.c; its comments say what is computed, these say how it is kept fast.
#include "functions.h"
#include "head.h"
#include "quantizer.h"

static void add_plane(float *x, const float *low, size_t stride, int32_t rows, int32_t n,
                      kernel_activation activation) {
    for (int32_t row = 0; row < rows; row++, x += stride, low += stride) {
        int32_t i = 0;
        for (; i + 16 <= n; i += 16) f_store(x + i, f_activate(f_add(f_load(x + i), f_load(low + i)), activation));
        if (i < n) {
            f32x16 v = f_add(f_load_part(x + i, n - i), f_load_part(low + i, n - i));
            f_store_part(x + i, f_activate(v, activation), n - i);
        }
    }
}

/// LayerNorm of COUNT rows side by side: each waits for the sums of its own lanes, meanwhile the others go on.
#define NORM_ROWS(COUNT)                                                                                       \
    static void norm_##COUNT(const float *x, size_t x_stride, const float *residual, size_t residual_stride,   \
                             const float *weight, const float *bias, float epsilon, int32_t n, float *out,     \
                             size_t out_stride) {                                                              \
        int32_t whole = n / 16 * 16, rest = n - whole;                                                         \
        f32x16 sum[COUNT], squares[COUNT], mean[COUNT], inverse[COUNT];                                        \
        EACH_VALUE(r, COUNT) sum[r] = squares[r] = f_set(0.0f);                                                \
        for (int32_t i = 0; i < whole; i += 16)                                                                \
            EACH_VALUE(r, COUNT) {                                                                             \
                f32x16 v = f_load(x + r * x_stride + i);                                                       \
                if (residual) v = f_add(v, f_load(residual + r * residual_stride + i));                        \
                f_store(out + r * out_stride + i, v);                                                          \
                sum[r] = f_add(sum[r], v);                                                                     \
            }                                                                                                  \
        if (rest)                                                                                              \
            EACH_VALUE(r, COUNT) {                                                                             \
                f32x16 v = f_load_part(x + r * x_stride + whole, rest);                                        \
                if (residual) v = f_add(v, f_load_part(residual + r * residual_stride + whole, rest));         \
                f_store_part(out + r * out_stride + whole, v, rest);                                           \
                sum[r] = f_add(sum[r], f_keep(v, rest));                                                       \
            }                                                                                                  \
        EACH_VALUE(r, COUNT) mean[r] = f_set(f_fold(sum[r]) / (float)n);                                       \
        for (int32_t i = 0; i < whole; i += 16)                                                                \
            EACH_VALUE(r, COUNT) {                                                                             \
                f32x16 d = f_sub(f_load(out + r * out_stride + i), mean[r]);                                   \
                squares[r] = f_add(squares[r], f_mul(d, d));                                                   \
            }                                                                                                  \
        if (rest)                                                                                              \
            EACH_VALUE(r, COUNT) {                                                                             \
                f32x16 d = f_keep(f_sub(f_load_part(out + r * out_stride + whole, rest), mean[r]), rest);      \
                squares[r] = f_add(squares[r], f_mul(d, d));                                                   \
            }                                                                                                  \
        EACH_VALUE(r, COUNT)                                                                                   \
        inverse[r] = f_set(1.0f / __builtin_elementwise_sqrt(f_fold(squares[r]) / (float)n + epsilon));        \
        for (int32_t i = 0; i < whole; i += 16)                                                                \
            EACH_VALUE(r, COUNT) {                                                                             \
                f32x16 d = f_mul(f_sub(f_load(out + r * out_stride + i), mean[r]), inverse[r]);                \
                f_store(out + r * out_stride + i, f_add(f_mul(d, f_load(weight + i)), f_load(bias + i)));      \
            }                                                                                                  \
        if (rest)                                                                                              \
            EACH_VALUE(r, COUNT) {                                                                             \
                f32x16 d = f_mul(f_sub(f_load_part(out + r * out_stride + whole, rest), mean[r]), inverse[r]); \
                d = f_add(f_mul(d, f_load_part(weight + whole, rest)), f_load_part(bias + whole, rest));       \
                f_store_part(out + r * out_stride + whole, d, rest);                                           \
            }                                                                                                  \
    }
NORM_ROWS(1)
NORM_ROWS(4)

static void add_norm(const float *x, size_t x_stride, const float *residual, size_t residual_stride,
                     const float *weight, const float *bias, float epsilon, int32_t n, int32_t rows, float *out,
                     size_t out_stride) {
    for (int32_t row = 0; row < rows;) {
        int32_t count = rows - row < 4 ? 1 : 4;
        (count == 4 ? norm_4 : norm_1)(x, x_stride, residual, residual_stride, weight, bias, epsilon, n, out,
                                       out_stride);
        row += count;
        x += count * x_stride;
        out += count * out_stride;
        if (residual) residual += count * residual_stride;
    }
}

static void embed(const int8_t *word, float word_scale, const int8_t *position, float position_scale,
                  const float *type, int32_t n, float *out) {
    f32x16 ws = f_set(word_scale), ps = f_set(position_scale);
    int32_t i = 0;
    for (; i + 16 <= n; i += 16) {
        f32x16 v = f_mul(i_to_float(i_load_s8(word + i)), ws);
        v = f_add(v, f_mul(i_to_float(i_load_s8(position + i)), ps));
        f_store(out + i, f_add(v, type ? f_load(type + i) : f_set(0.0f)));
    }
    for (; i < n; i++)
        out[i] = ((float)word[i] * word_scale + (float)position[i] * position_scale) + (type ? type[i] : 0.0f);
}

static void hyperbolic_tangent(float *x, int32_t n) {
    int32_t i = 0;
    for (; i + 16 <= n; i += 16) f_store(x + i, f_tanh(f_load(x + i)));
    if (i < n) f_store_part(x + i, f_tanh(f_load_part(x + i, n - i)), n - i);
}

/// exp(x - max) in place, and the lanes' sums of it.
LANE f32x16 exponentials(float *x, int32_t n, float max) {
    f32x16 sum = f_set(0.0f), top = f_set(max);
    int32_t i = 0;
    for (; i + 16 <= n; i += 16) {
        f32x16 e = f_exp2(f_mul(f_sub(f_load(x + i), top), f_set(LOG2_E)));
        f_store(x + i, e);
        sum = f_add(sum, e);
    }
    if (i < n) {
        f32x16 e = f_exp2(f_mul(f_sub(f_load_part(x + i, n - i), top), f_set(LOG2_E)));
        f_store_part(x + i, e, n - i);
        sum = f_add(sum, f_keep(e, n - i));
    }
    return sum;
}

LANE float largest(const float *x, int32_t n) {
    float max = -__builtin_inff();
    int32_t i = 0;
    if (n >= 16) {
        f32x16 top = f_load(x);
        for (i = 16; i + 16 <= n; i += 16) top = f_max(top, f_load(x + i));
        max = f_max_lane(top);
    }
    for (; i < n; i++) max = x[i] > max ? x[i] : max;
    return max;
}

static void softmax(float *x, int32_t n) {
    float inverse = 1.0f / f_fold(exponentials(x, n, largest(x, n)));
    for (int32_t i = 0; i < n; i++) x[i] *= inverse;
}

// ------------------------------------------------------------------------------------------- reference

/// Dot products of one row with four rows of weights, each in its own lanes.
LANE void dot_four(const float *x, const float *w, size_t w_stride, int32_t k, float out[4]) {
    f32x16 a = f_set(0.0f), b = a, c = a, d = a;
    int32_t i = 0;
    for (; i + 16 <= k; i += 16) {
        f32x16 v = f_load(x + i);
        a = f_add(a, f_mul(v, f_load(w + i)));
        b = f_add(b, f_mul(v, f_load(w + w_stride + i)));
        c = f_add(c, f_mul(v, f_load(w + 2 * w_stride + i)));
        d = f_add(d, f_mul(v, f_load(w + 3 * w_stride + i)));
    }
    if (i < k) {
        int32_t n = k - i;
        f32x16 v = f_load_part(x + i, n);
        a = f_add(a, f_mul(v, f_load_part(w + i, n)));
        b = f_add(b, f_mul(v, f_load_part(w + w_stride + i, n)));
        c = f_add(c, f_mul(v, f_load_part(w + 2 * w_stride + i, n)));
        d = f_add(d, f_mul(v, f_load_part(w + 3 * w_stride + i, n)));
    }
    out[0] = f_fold(a);
    out[1] = f_fold(b);
    out[2] = f_fold(c);
    out[3] = f_fold(d);
}

LANE float dot_one(const float *x, const float *w, int32_t k) {
    f32x16 a = f_set(0.0f);
    int32_t i = 0;
    for (; i + 16 <= k; i += 16) a = f_add(a, f_mul(f_load(x + i), f_load(w + i)));
    if (i < k) a = f_add(a, f_mul(f_load_part(x + i, k - i), f_load_part(w + i, k - i)));
    return f_fold(a);
}

static void activate_row(float *x, int32_t n, kernel_activation activation) {
    if (activation == KERNEL_ACTIVATION_NONE) return;
    int32_t i = 0;
    for (; i + 16 <= n; i += 16) f_store(x + i, f_activate(f_load(x + i), activation));
    if (i < n) f_store_part(x + i, f_activate(f_load_part(x + i, n - i), activation), n - i);
}

static void matmul_f32(const float *w, const float *bias, int32_t n, int32_t k, const float *x, size_t x_stride,
                       int32_t rows, kernel_activation activation, float *out, size_t out_stride) {
    // Four weight rows stay in the first cache level while all rows pass them.
    for (int32_t j = 0; j < n; j += 4)
        for (int32_t row = 0; row < rows; row++) {
            float *y = out + (size_t)row * out_stride + j;
            const float *v = x + (size_t)row * x_stride;
            int32_t count = n - j < 4 ? n - j : 4;
            float sums[4];
            if (count == 4)
                dot_four(v, w + (size_t)j * (size_t)k, (size_t)k, k, sums);
            else
                for (int32_t i = 0; i < count; i++) sums[i] = dot_one(v, w + (size_t)(j + i) * (size_t)k, k);
            for (int32_t i = 0; i < count; i++) y[i] = bias ? sums[i] + bias[j + i] : sums[i];
        }
    for (int32_t row = 0; row < rows; row++) activate_row(out + (size_t)row * out_stride, n, activation);
}

static void attend_f32(const float *query, const float *key, const float *value, size_t stride, int32_t length,
                       int32_t size, int32_t first, int32_t rows, float *scores, float *out, size_t out_stride) {
    float constant = 1.0f / __builtin_elementwise_sqrt((float)size);
    for (int32_t row = 0; row < rows; row++) {
        const float *q = query + (size_t)(first + row) * stride;
        int32_t j = 0;
        for (; j + 4 <= length; j += 4) {
            dot_four(q, key + (size_t)j * stride, stride, size, scores + j);
            for (int32_t i = j; i < j + 4; i++) scores[i] *= constant;
        }
        for (; j < length; j++) scores[j] = dot_one(q, key + (size_t)j * stride, size) * constant;
        float inverse = 1.0f / f_fold(exponentials(scores, length, largest(scores, length)));
        float *context = out + (size_t)row * out_stride;
        for (int32_t i = 0; i < size; i += 16) {
            int32_t n = size - i < 16 ? size - i : 16;
            f32x16 sum = f_set(0.0f);
            for (j = 0; j < length; j++)
                sum = f_add(sum, f_mul(f_set(scores[j]), f_load_part(value + (size_t)j * stride + i, n)));
            f_store_part(context + i, f_mul(sum, f_set(inverse)), n);
        }
    }
}
