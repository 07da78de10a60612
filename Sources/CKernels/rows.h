// Float row operations, written once over sixteen lanes (lanes_*.h) and compiled for each instruction set. The
// order of every rounding is that of scalar.c; its comments say what is computed, these say how it is kept fast.
#include "ckernels.h"
#include "constants.h"
#include "head.h"
#include "signs.h"

// A value that is not a number is neither less nor more: comparisons must not differ between instruction sets, so
// what quantizes such rows is unspecified and the runtime checks for them elsewhere.

LANE i32x16 f_round(f32x16 v) { return i_sub(f_bits(f_add(v, f_set(ROUNDING))), i_set(ROUNDING_BITS)); }

LANE f32x16 f_exp2(f32x16 t) {
    t = f_max(f_min(t, f_set(E_LIMIT)), f_set(-E_LIMIT));
    f32x16 shifted = f_add(t, f_set(ROUNDING));
    f32x16 f = f_sub(t, f_sub(shifted, f_set(ROUNDING)));
    f32x16 p = f_add(f_mul(f, f_set(E5)), f_set(E4));
    p = f_add(f_mul(p, f), f_set(E3));
    p = f_add(f_mul(p, f), f_set(E2));
    p = f_add(f_mul(p, f), f_set(E1));
    p = f_add(f_mul(p, f), f_set(1.0f));
    // The constant's own bits vanish in the shift: 0x4B400000 << 23 is 0.
    return i_as_float(i_add(f_bits(p), i_shift_left(f_bits(shifted), 23)));
}

LANE f32x16 f_gelu_tanh(f32x16 x) {
    f32x16 t = f_mul(x, f_add(f_mul(f_mul(x, x), f_set(G2)), f_set(G1)));
    return f_div(x, f_add(f_set(1.0f), f_exp2(t)));
}

LANE f32x16 f_gelu_erf(f32x16 x) {
    f32x16 t = f_div(f_set(1.0f), f_add(f_set(1.0f), f_mul(f_abs(x), f_set(ERF_P))));
    f32x16 q = f_add(f_mul(t, f_set(A5)), f_set(A4));
    q = f_add(f_mul(q, t), f_set(A3));
    q = f_add(f_mul(q, t), f_set(A2));
    q = f_add(f_mul(q, t), f_set(A1));
    q = f_mul(f_mul(q, t), f_exp2(f_mul(f_mul(x, x), f_set(ERF_E))));
    f32x16 half = f_mul(f_set(0.5f), q);
    return f_mul(x, f_where_negative(x, half, f_sub(f_set(1.0f), half)));
}

LANE f32x16 f_activate(f32x16 x, kernel_activation activation) {
    switch (activation) {
    case KERNEL_GELU_TANH: return f_gelu_tanh(x);
    case KERNEL_GELU_ERF: return f_gelu_erf(x);
    case KERNEL_RELU: return f_add(f_max(x, f_set(0.0f)), f_set(0.0f));
    default: return x;
    }
}

// ------------------------------------------------------------------------------------------- quantizer

/// Shift and sign of 16 channels, rotated within the lanes.
LANE f32x16 rotated_lanes(const float *x, const float *shift, int32_t i, int32_t k) {
    f32x16 v;
    if (i + 16 <= k) {
        v = f_load(x + i);
        if (shift) v = f_sub(v, f_load(shift + i));
    } else if (i < k) {
        v = f_load_part(x + i, k - i);
        if (shift) v = f_sub(v, f_load_part(shift + i, k - i));
    } else {
        v = f_set(0.0f);
    }
    return f_hadamard(f_flip(v, kernel_sign_masks + (i & 1023)));
}

/// Butterflies between COUNT registers that lie `stride` floats apart.
#define BUTTERFLIES(COUNT, v)                                                       \
    _Pragma("clang loop unroll(full)") for (int s = 1; s < COUNT; s *= 2)           \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < COUNT; i++) if (!(i & s)) { \
            f32x16 a = v[i], b = v[i + s];                                          \
            v[i] = f_add(a, b);                                                     \
            v[i + s] = f_sub(a, b);                                                 \
        }

#define ROTATE_GROUP(COUNT)                                                                         \
    static void rotate_##COUNT(const float *x, const float *shift, int32_t i, int32_t k, float *y, \
                               f32x16 *low, f32x16 *high) {                                         \
        f32x16 v[COUNT];                                                                            \
        _Pragma("clang loop unroll(full)") for (int g = 0; g < COUNT; g++)                          \
            v[g] = rotated_lanes(x, shift, i + 16 * g, k);                                          \
        BUTTERFLIES(COUNT, v)                                                                       \
        f32x16 l = *low, h = *high;                                                                 \
        _Pragma("clang loop unroll(full)") for (int g = 0; g < COUNT; g++) {                        \
            f_store(y + i + 16 * g, v[g]);                                                          \
            l = f_min(l, v[g]);                                                                     \
            h = f_max(h, v[g]);                                                                     \
        }                                                                                           \
        *low = l;                                                                                   \
        *high = h;                                                                                  \
    }
ROTATE_GROUP(1)
ROTATE_GROUP(2)
ROTATE_GROUP(4)
ROTATE_GROUP(8)
ROTATE_GROUP(16)

/// Strides of 256 and more: butterflies between whole groups, `count` (2 or 4) of them, over the row in y.
LANE void rotate_wide(float *y, int32_t width, int32_t block, f32x16 *low, f32x16 *high) {
    f32x16 l = f_set(0.0f), h = l;
    for (int32_t start = 0; start < width; start += block)
        for (int32_t i = start; i < start + 256; i += 16) {
            f32x16 v[4];
            if (block == 512) {
                v[0] = f_load(y + i);
                v[1] = f_load(y + i + 256);
                BUTTERFLIES(2, v)
            } else {
                _Pragma("clang loop unroll(full)") for (int g = 0; g < 4; g++) v[g] = f_load(y + i + 256 * g);
                BUTTERFLIES(4, v)
            }
            for (int g = 0; g < block / 256; g++) {
                f_store(y + i + 256 * g, v[g]);
                l = f_min(l, v[g]);
                h = f_max(h, v[g]);
            }
        }
    *low = l;
    *high = h;
}

/// A row as y, with the least and the largest value of each lane.
LANE void transform_row(const kernel_input *input, const float *x, float *y, f32x16 *low, f32x16 *high) {
    int32_t k = input->k, width = input->k_padded;
    *low = *high = f_set(0.0f);
    if (!input->block) {
        for (int32_t i = 0; i < width; i += 16) {
            f32x16 v;
            if (i + 16 <= k) {
                v = f_load(x + i);
                if (input->shift) v = f_sub(v, f_load(input->shift + i));
            } else {
                v = f_load_part(x + i, k - i);
                if (input->shift) v = f_sub(v, f_load_part(input->shift + i, k - i));
            }
            f_store(y + i, v);
            *low = f_min(*low, v);
            *high = f_max(*high, v);
        }
        return;
    }
    int32_t group = input->block < 256 ? input->block : 256;
    for (int32_t i = 0; i < width; i += group) switch (group) {
        case 16: rotate_1(x, input->shift, i, k, y, low, high); break;
        case 32: rotate_2(x, input->shift, i, k, y, low, high); break;
        case 64: rotate_4(x, input->shift, i, k, y, low, high); break;
        case 128: rotate_8(x, input->shift, i, k, y, low, high); break;
        default: rotate_16(x, input->shift, i, k, y, low, high); break;
        }
    if (input->block > 256) rotate_wide(y, width, input->block, low, high);
}

static void quantize(const kernel_input *input, const float *x, size_t stride, int32_t rows, kernel_rows *out,
                     int32_t first, float *y) {
    int32_t width = input->k_padded;
    int two = input->planes == 2;
    int32_t steps = two ? 65024 : 254, base = two ? 256 : 1;
    for (int32_t row = 0; row < rows; row++, x += stride) {
        f32x16 lows, highs;
        transform_row(input, x, y, &lows, &highs);
        float low = f_least(lows) + 0.0f, high = f_most(highs) + 0.0f;
        float range = high - low, scale = 0, inverse = 0;
        int32_t zero = two ? 32768 : 128;
        if (!(range < TINY)) {
            scale = range / (float)steps;
            inverse = (float)steps / range;
            float shifted = -low * inverse + ROUNDING;
            int32_t bits;
            memcpy(&bits, &shifted, sizeof bits);
            zero = base + bits - ROUNDING_BITS;
        }
        out->scale[first + row] = scale;
        out->zero[first + row] = zero;
        uint8_t *u = out->values + (size_t)(first + row) * out->stride;
        f32x16 factor = f_set(inverse);
        i32x16 offset = i_set(zero - ROUNDING_BITS);
        if (two) {
            uint8_t *v = u + (size_t)out->capacity * out->stride;
            for (int32_t i = 0; i < width; i += 16) {
                i32x16 q = i_add(f_bits(f_add(f_mul(f_load(y + i), factor), f_set(ROUNDING))), offset);
                q = i_max(i_min(q, i_set(65535)), i_set(0));
                i_store_bytes(u + i, i_shift_right(q, 8));
                i_store_bytes(v + i, q);
            }
        } else {
            for (int32_t i = 0; i < width; i += 16) {
                i32x16 q = i_add(f_bits(f_add(f_mul(f_load(y + i), factor), f_set(ROUNDING))), offset);
                i_store_bytes(u + i, i_max(i_min(q, i_set(255)), i_set(1)));
            }
        }
    }
}

// ------------------------------------------------------------------------------------------------ rows

static void add_plane(float *x, const float *low, size_t stride, int32_t rows, int32_t n, kernel_activation activation) {
    for (int32_t row = 0; row < rows; row++, x += stride, low += stride) {
        int32_t i = 0;
        for (; i + 16 <= n; i += 16) f_store(x + i, f_activate(f_add(f_load(x + i), f_load(low + i)), activation));
        if (i < n) {
            f32x16 v = f_add(f_load_part(x + i, n - i), f_load_part(low + i, n - i));
            f_store_part(x + i, f_activate(v, activation), n - i);
        }
    }
}

static void add_norm(const float *x, size_t x_stride, const float *residual, size_t residual_stride,
                     const float *weight, const float *bias, float epsilon, int32_t n, int32_t rows, float *out,
                     size_t out_stride) {
    int32_t whole = n / 16 * 16, rest = n - whole;
    for (int32_t row = 0; row < rows; row++) {
        f32x16 sum = f_set(0.0f), squares = f_set(0.0f);
        for (int32_t i = 0; i < whole; i += 16) {
            f32x16 v = f_load(x + i);
            if (residual) v = f_add(v, f_load(residual + i));
            f_store(out + i, v);
            sum = f_add(sum, v);
        }
        if (rest) {
            f32x16 v = f_load_part(x + whole, rest);
            if (residual) v = f_add(v, f_load_part(residual + whole, rest));
            f_store_part(out + whole, v, rest);
            sum = f_add(sum, f_keep(v, rest));
        }
        f32x16 mean = f_set(f_fold(sum) / (float)n);
        for (int32_t i = 0; i < whole; i += 16) {
            f32x16 d = f_sub(f_load(out + i), mean);
            squares = f_add(squares, f_mul(d, d));
        }
        if (rest) {
            f32x16 d = f_keep(f_sub(f_load_part(out + whole, rest), mean), rest);
            squares = f_add(squares, f_mul(d, d));
        }
        f32x16 inverse = f_set(1.0f / __builtin_elementwise_sqrt(f_fold(squares) / (float)n + epsilon));
        for (int32_t i = 0; i < whole; i += 16) {
            f32x16 d = f_sub(f_load(out + i), mean);
            f_store(out + i, f_add(f_mul(f_mul(d, inverse), f_load(weight + i)), f_load(bias + i)));
        }
        if (rest) {
            f32x16 d = f_mul(f_sub(f_load_part(out + whole, rest), mean), inverse);
            d = f_add(f_mul(d, f_load_part(weight + whole, rest)), f_load_part(bias + whole, rest));
            f_store_part(out + whole, d, rest);
        }
        x += x_stride;
        out += out_stride;
        if (residual) residual += residual_stride;
    }
}

static void embed(const int8_t *word, float word_scale, const int8_t *position, float position_scale, const int8_t *type,
                  float type_scale, int32_t n, float *out) {
    f32x16 ws = f_set(word_scale), ps = f_set(position_scale), ts = f_set(type_scale);
    int32_t i = 0;
    for (; i + 16 <= n; i += 16) {
        f32x16 v = f_mul(i_to_float(i_load_s8(word + i)), ws);
        v = f_add(v, f_mul(i_to_float(i_load_s8(position + i)), ps));
        f_store(out + i, f_add(v, f_mul(i_to_float(i_load_s8(type + i)), ts)));
    }
    for (; i < n; i++)
        out[i] = ((float)word[i] * word_scale + (float)position[i] * position_scale) + (float)type[i] * type_scale;
}

LANE f32x16 f_tanh(f32x16 x) {
    f32x16 t = f_exp2(f_mul(f_abs(x), f_set(-2.0f * LOG2_E)));
    f32x16 y = f_div(f_sub(f_set(1.0f), t), f_add(f_set(1.0f), t));
    return f_where_negative(x, f_mul(y, f_set(-1.0f)), y);
}

static void hyperbolic_tangent(float *x, int32_t n) {
    int32_t i = 0;
    for (; i + 16 <= n; i += 16) f_store(x + i, f_tanh(f_load(x + i)));
    if (i < n) f_store_part(x + i, f_tanh(f_load_part(x + i, n - i)), n - i);
}

/// exp(x - most) in place, and the lanes' sums of it.
LANE f32x16 exponentials(float *x, int32_t n, float most) {
    f32x16 sum = f_set(0.0f), top = f_set(most);
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
    float most = -__builtin_inff();
    int32_t i = 0;
    if (n >= 16) {
        f32x16 top = f_load(x);
        for (i = 16; i + 16 <= n; i += 16) top = f_max(top, f_load(x + i));
        most = f_most(top);
    }
    for (; i < n; i++) most = x[i] > most ? x[i] : most;
    return most;
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
    if (activation == KERNEL_LINEAR) return;
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
