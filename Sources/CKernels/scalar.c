#pragma STDC FP_CONTRACT OFF
#include "ckernels.h"
#include "constants.h"
#include "head.h"
#include "table.h"
#include <string.h>

// The specification: plain C, one element at a time. Every other table gives the same bytes.

static inline int32_t round_to_int(float v) {
    float shifted = v + ROUNDING;
    int32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    return bits - ROUNDING_BITS;
}

static inline float smaller(float a, float b) { return a < b ? a : b; }
static inline float larger(float a, float b) { return a > b ? a : b; }
static inline int32_t clamp(int32_t v, int32_t min, int32_t max) { return v < min ? min : v > max ? max : v; }
static inline float magnitude(float v) { return v < 0 ? -v : v; }

/// Sum of 16 lanes by halves.
static inline float fold(float lanes[16]) {
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
    return lanes[0];
}

static inline float square_root(float v) { return __builtin_elementwise_sqrt(v); }

/// 2^t for t inside ±E_LIMIT (clamped).
static inline float exp2_of(float t) {
    t = larger(smaller(t, E_LIMIT), -E_LIMIT);
    float n = (t + ROUNDING) - ROUNDING;
    float f = t - n;
    float p = ((((f * E5 + E4) * f + E3) * f + E2) * f + E1) * f + 1.0f;
    int32_t bits;
    memcpy(&bits, &p, sizeof bits);
    bits += (int32_t)((uint32_t)round_to_int(t) << 23);
    memcpy(&p, &bits, sizeof bits);
    return p;
}

static inline float activate(float x, kernel_activation activation) {
    switch (activation) {
    case KERNEL_ACTIVATION_GELU_TANH: return x / (1.0f + exp2_of(x * (x * x * G2 + G1)));
    case KERNEL_ACTIVATION_GELU_ERF: {
        float t = 1.0f / (1.0f + magnitude(x) * ERF_P);
        float q = (((((t * A5 + A4) * t + A3) * t + A2) * t + A1) * t) * exp2_of(x * x * ERF_E);
        float half = 0.5f * q;
        return x * (x < 0 ? half : 1.0f - half);
    }
    case KERNEL_ACTIVATION_RELU: return larger(x, 0.0f) + 0.0f;
    default: return x;
    }
}

// ------------------------------------------------------------------------------------------- quantizer

static void rotate(float *y, const float *gain, int32_t width, int32_t block) {
    for (int32_t i = 0; i < width; i++) y[i] *= gain[i];
    for (int32_t start = 0; start < width; start += block)
        for (int32_t stride = 1; stride < block; stride *= 2)
            for (int32_t i = 0; i < block; i += 2 * stride)
                for (int32_t j = start + i; j < start + i + stride; j++) {
                    float a = y[j], b = y[j + stride];
                    y[j] = a + b;
                    y[j + stride] = a - b;
                }
}

static void quantize(const kernel_input *input, const float *x, size_t stride, int32_t rows, kernel_rows *out,
                     int32_t first, float *y) {
    int32_t width = input->k_padded;
    for (int32_t row = 0; row < rows; row++, x += stride) {
        for (int32_t i = 0; i < input->k; i++) y[i] = input->shift ? x[i] - input->shift[i] : x[i];
        for (int32_t i = input->k; i < width; i++) y[i] = 0;
        if (input->block) rotate(y, input->gain, width, input->block);
        float min = 0, max = 0;
        for (int32_t i = 0; i < width; i++) {
            min = smaller(min, y[i]);
            max = larger(max, y[i]);
        }
        min += 0.0f;
        max += 0.0f;
        int32_t two = input->planes == 2, steps = two ? 65024 : 254, base = two ? 256 : 1;
        int32_t u_min = two ? 0 : 1, u_max = two ? 65535 : 255, zero = two ? 32768 : 128;
        float range = max - min, scale = 0, inverse = 0;
        if (!(range < TINY)) {
            scale = range / (float)steps;
            inverse = (float)steps / range;
            // Always in between where the row is finite; elsewhere the sums after this one must not overflow.
            zero = clamp(base + round_to_int(-min * inverse), base, base + steps);
        }
        out->scale[first + row] = scale;
        out->zero[first + row] = zero;
        uint8_t *u = out->values + (size_t)(first + row) * out->stride;
        uint8_t *v = u + (size_t)out->capacity * out->stride;
        for (int32_t i = 0; i < width; i++) {
            int32_t q = clamp(round_to_int(y[i] * inverse) + zero, u_min, u_max);
            if (two) {
                u[i] = (uint8_t)(q >> 8);
                v[i] = (uint8_t)q;
            } else {
                u[i] = (uint8_t)q;
            }
        }
    }
}

// ---------------------------------------------------------------------------------------------- matmul

/// Sum over k of u[k] times output channel j of panels.
static inline int32_t dot(const uint8_t *u, const int8_t *panels, int32_t k, int32_t j) {
    const int8_t *w = panels + (size_t)(j / 16) * 16 * (size_t)k + (j % 16) * 4;
    int32_t sum = 0;
    for (int32_t group = 0; group < k; group += 4, w += 64)
        sum += u[group] * w[0] + u[group + 1] * w[1] + u[group + 2] * w[2] + u[group + 3] * w[3];
    return sum;
}

static void matmul(const kernel_linear *linear, const kernel_rows *in, int32_t first, int32_t rows, int32_t n0,
                   int32_t n1, kernel_activation activation, float *out, size_t out_stride) {
    for (int32_t row = 0; row < rows; row++) {
        const uint8_t *u = in->values + (size_t)(first + row) * in->stride;
        const uint8_t *v = u + (size_t)in->capacity * in->stride;
        int32_t zero = in->zero[first + row];
        float scale = in->scale[first + row];
        for (int32_t j = n0; j < n1; j++) {
            int32_t sum = linear->column_sum[j];
            float f;
            if (in->planes == 2) {
                int32_t high = dot(u, linear->panels, linear->k, j) - (zero >> 8) * sum;
                int32_t low = dot(v, linear->panels, linear->k, j) - (zero & 255) * sum;
                f = (float)high * 256.0f + (float)low;
            } else {
                f = (float)(dot(u, linear->panels, linear->k, j) - zero * sum);
            }
            out[(size_t)row * out_stride + (size_t)(j - n0)] =
                activate((f * linear->scale[j]) * scale + linear->bias[j], activation);
        }
    }
}

static void matmul_table(const int8_t *table, const float *scale, const float *bias, int32_t k, int32_t count,
                         const kernel_rows *in, int32_t first, int32_t rows, float *out, size_t out_stride) {
    for (int32_t row = 0; row < rows; row++) {
        const uint8_t *u = in->values + (size_t)(first + row) * in->stride;
        const uint8_t *v = u + (size_t)in->capacity * in->stride;
        int32_t zero = in->zero[first + row];
        for (int32_t j = 0; j < count; j++) {
            const int8_t *w = table + (size_t)j * (size_t)k;
            int32_t high = 0, low = 0;
            for (int32_t i = 0; i < k; i++) {
                if (in->planes == 2) {
                    high += (u[i] - (zero >> 8)) * w[i];
                    low += (v[i] - (zero & 255)) * w[i];
                } else {
                    high += (u[i] - zero) * w[i];
                }
            }
            float f = in->planes == 2 ? (float)high * 256.0f + (float)low : (float)high;
            float y = (f * scale[j]) * in->scale[first + row];
            out[(size_t)row * out_stride + (size_t)j] = bias ? y + bias[j] : y;
        }
    }
}

// ------------------------------------------------------------------------------------------- attention

/// The largest magnitude of a row, as step and inverse step of `max` digits.
static inline void scale_of(float magnitude_max, float max, float *scale, float *inverse) {
    magnitude_max += 0.0f;
    int none = magnitude_max < TINY;
    *scale = none ? 0 : magnitude_max / max;
    *inverse = none ? 0 : max / magnitude_max;
}

/// Digits of a value: one in ±127, or two in base 254.
static inline void digits_of(float x, float inverse, int32_t planes, int32_t digits[2]) {
    int32_t max = planes == 2 ? HEAD_MAX_2 : HEAD_MAX_1;
    int32_t q = clamp(round_to_int(x * inverse), -max, max);
    digits[0] = planes == 2 ? round_to_int((float)q * (1.0f / 254.0f)) : q;
    digits[1] = q - 254 * digits[0];
}

static void pack_head(kernel_head *head, const float *query, const float *key, const float *value, size_t stride) {
    int32_t length = head->length, size = head->size, padded = head->size_padded;
    float max = head->planes == 2 ? (float)HEAD_MAX_2 : (float)HEAD_MAX_1;
    float constant = LOG2_E / square_root((float)size);
    head_clear(head);
    int32_t digits[2];
    for (int32_t token = 0; token < length; token++) {
        float scale, inverse, top = 0;
        const float *q = query + (size_t)token * stride, *k = key + (size_t)token * stride;
        for (int32_t i = 0; i < size; i++) top = larger(top, magnitude(q[i]));
        scale_of(top, max, &scale, &inverse);
        head->query_scale[token] = scale * constant;
        for (int32_t i = 0; i < size; i++) {
            digits_of(q[i], inverse, head->planes, digits);
            for (int32_t p = 0; p < head->planes; p++) head->query[p][token * padded + i] = (uint8_t)(digits[p] + 128);
        }
        top = 0;
        for (int32_t i = 0; i < size; i++) top = larger(top, magnitude(k[i]));
        scale_of(top, max, &scale, &inverse);
        head->key_scale[token] = scale;
        for (int32_t i = 0; i < size; i++) {
            digits_of(k[i], inverse, head->planes, digits);
            for (int32_t p = 0; p < head->planes; p++) {
                head->key[p][panel_index(token, i, padded)] = (int8_t)digits[p];
                head->key_sum[p][token] += digits[p];
            }
        }
    }
    for (int32_t i = 0; i < size; i++) {
        float scale, inverse, top = 0;
        const float *v = value + i;
        for (int32_t token = 0; token < length; token++) top = larger(top, magnitude(v[(size_t)token * stride]));
        scale_of(top, max, &scale, &inverse);
        head->value_scale[i] = scale;
        for (int32_t token = 0; token < length; token++) {
            digits_of(v[(size_t)token * stride], inverse, head->planes, digits);
            for (int32_t p = 0; p < head->planes; p++) {
                head->value[p][panel_index(i, token, head->length_padded)] = (int8_t)digits[p];
                head->value_sum[p][i] += digits[p];
            }
        }
    }
}

/// Product of plane a of a query with plane b of the keys.
static inline int32_t score(const kernel_head *head, int a, int b, int32_t i, int32_t j) {
    return dot(head->query[a] + (size_t)i * (size_t)head->size_padded, head->key[b], head->size_padded, j)
        - 128 * head->key_sum[b][j];
}

static void attend(const kernel_head *head, int32_t first, int32_t rows, float *out, size_t out_stride) {
    int32_t length = head->length, two = head->weight_planes == 2;
    uint8_t *high = head->weights, *low = high + 8 * (size_t)head->length_padded;
    float *t = head->scores;
    for (int32_t row = 0; row < rows; row++) {
        int32_t i = first + row;
        float max = -__builtin_inff();
        for (int32_t j = 0; j < length; j++) {
            float f = (float)score(head, 0, 0, i, j);
            if (head->planes == 2)
                f = (f * 254.0f + (float)(score(head, 0, 1, i, j) + score(head, 1, 0, i, j))) * 254.0f
                    + (float)score(head, 1, 1, i, j);
            t[j] = (f * head->key_scale[j]) * head->query_scale[i];
            max = larger(max, t[j]);
        }
        int32_t total = 0;
        memset(high, 0, (size_t)head->length_padded);
        memset(low, 0, (size_t)head->length_padded);
        for (int32_t j = 0; j < length; j++) {
            int32_t p = round_to_int(exp2_of(t[j] - max) * (two ? 65535.0f : 255.0f));
            total += p;
            high[j] = (uint8_t)(two ? p >> 8 : p);
            low[j] = (uint8_t)p;
        }
        float inverse = 1.0f / (float)total;
        for (int32_t channel = 0; channel < head->size; channel++) {
            float parts[2];
            for (int32_t p = 0; p < head->planes; p++) {
                float f = (float)dot(high, head->value[p], head->length_padded, channel);
                if (two) f = f * 256.0f + (float)dot(low, head->value[p], head->length_padded, channel);
                parts[p] = f;
            }
            float f = head->planes == 2 ? parts[0] * 254.0f + parts[1] : parts[0];
            out[(size_t)row * out_stride + (size_t)channel] = (f * head->value_scale[channel]) * inverse;
        }
    }
}

// ------------------------------------------------------------------------------------------------ rows

static void add_plane(float *x, const float *low, size_t stride, int32_t rows, int32_t n,
                      kernel_activation activation) {
    for (int32_t row = 0; row < rows; row++, x += stride, low += stride)
        for (int32_t i = 0; i < n; i++) x[i] = activate(x[i] + low[i], activation);
}

static void add_norm(const float *x, size_t x_stride, const float *residual, size_t residual_stride,
                     const float *weight, const float *bias, float epsilon, int32_t n, int32_t rows, float *out,
                     size_t out_stride) {
    for (int32_t row = 0; row < rows; row++) {
        float lanes[16] = {0}, squares[16] = {0};
        for (int32_t i = 0; i < n; i++) {
            float v = residual ? x[i] + residual[i] : x[i];
            out[i] = v;
            lanes[i % 16] += v;
        }
        float mean = fold(lanes) / (float)n;
        for (int32_t i = 0; i < n; i++) {
            float d = out[i] - mean;
            out[i] = d;
            squares[i % 16] += d * d;
        }
        float inverse = 1.0f / square_root(fold(squares) / (float)n + epsilon);
        for (int32_t i = 0; i < n; i++) out[i] = (out[i] * inverse) * weight[i] + bias[i];
        x += x_stride;
        out += out_stride;
        if (residual) residual += residual_stride;
    }
}

static void embed(const int8_t *word, float word_scale, const int8_t *position, float position_scale,
                  const float *type, int32_t n, float *out) {
    for (int32_t i = 0; i < n; i++)
        out[i] = ((float)word[i] * word_scale + (float)position[i] * position_scale) + (type ? type[i] : 0.0f);
}

static void hyperbolic_tangent(float *x, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        float t = exp2_of(magnitude(x[i]) * (-2.0f * LOG2_E));
        float y = (1.0f - t) / (1.0f + t);
        x[i] = x[i] < 0 ? -y : y;
    }
}

static void softmax(float *x, int32_t n) {
    float max = -__builtin_inff(), lanes[16] = {0};
    for (int32_t i = 0; i < n; i++) max = larger(max, x[i]);
    for (int32_t i = 0; i < n; i++) {
        x[i] = exp2_of((x[i] - max) * LOG2_E);
        lanes[i % 16] += x[i];
    }
    float inverse = 1.0f / fold(lanes);
    for (int32_t i = 0; i < n; i++) x[i] *= inverse;
}

// ------------------------------------------------------------------------------------------- reference

static float dot_f32(const float *a, const float *b, int32_t n) {
    float lanes[16] = {0};
    int32_t i = 0;
    for (; i + 16 <= n; i += 16)
        for (int lane = 0; lane < 16; lane++) lanes[lane] += a[i + lane] * b[i + lane];
    for (; i < n; i++) lanes[i % 16] += a[i] * b[i];
    return fold(lanes);
}

static void matmul_f32(const float *w, const float *bias, int32_t n, int32_t k, const float *x, size_t x_stride,
                       int32_t rows, kernel_activation activation, float *out, size_t out_stride) {
    for (int32_t row = 0; row < rows; row++)
        for (int32_t j = 0; j < n; j++) {
            float y = dot_f32(x + (size_t)row * x_stride, w + (size_t)j * (size_t)k, k);
            out[(size_t)row * out_stride + (size_t)j] = activate(bias ? y + bias[j] : y, activation);
        }
}

static void attend_f32(const float *query, const float *key, const float *value, size_t stride, int32_t length,
                       int32_t size, int32_t first, int32_t rows, float *scores, float *out, size_t out_stride) {
    float constant = 1.0f / square_root((float)size);
    for (int32_t row = 0; row < rows; row++) {
        float max = -__builtin_inff(), lanes[16] = {0};
        for (int32_t j = 0; j < length; j++) {
            scores[j] = dot_f32(query + (size_t)(first + row) * stride, key + (size_t)j * stride, size) * constant;
            max = larger(max, scores[j]);
        }
        for (int32_t j = 0; j < length; j++) {
            scores[j] = exp2_of((scores[j] - max) * LOG2_E);
            lanes[j % 16] += scores[j];
        }
        float inverse = 1.0f / fold(lanes);
        float *context = out + (size_t)row * out_stride;
        for (int32_t i = 0; i < size; i++) {
            float sum = 0;
            for (int32_t j = 0; j < length; j++) sum += scores[j] * value[(size_t)j * stride + (size_t)i];
            context[i] = sum * inverse;
        }
    }
}

static uint64_t peak(uint64_t iterations) {
    int32_t a = 1, b = 2, c = 3, d = 4;
    for (uint64_t i = 0; i < iterations; i++) {
        __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
        a = a * 3 + 1; b = b * 3 + 1; c = c * 3 + 1; d = d * 3 + 1;
    }
    __asm__ volatile("" ::"r"(a + b + c + d));
    return iterations * 4;
}

static bool available(void) { return true; }

KERNEL_TABLE(kernel_scalar, "scalar");
