// From float rows to integers: shift, rotation and step, as formats/int8.md and scalar.c have them.
#pragma once
#include "functions.h"

// A value that is not a number is neither less nor more: comparisons must not differ between instruction sets, so
// what quantizes such rows is unspecified and the runtime checks for them elsewhere.

/// Channels i ... i + 16 without the shift; those at k and beyond are 0.
LANE f32x16 shifted_lanes(const float *x, const float *shift, int32_t i, int32_t k) {
    if (i >= k) return f_set(0.0f);
    if (i + 16 <= k) return shift ? f_sub(f_load(x + i), f_load(shift + i)) : f_load(x + i);
    f32x16 v = f_load_part(x + i, k - i);
    return shift ? f_sub(v, f_load_part(shift + i, k - i)) : v;
}

/// Butterflies between COUNT registers: strides 1, 2, 4 ... of registers.
#define BUTTERFLIES(COUNT, v)                                                              \
    UNROLL_VALUES for (int s = 1; s < COUNT; s *= 2)                                       \
        UNROLL_VALUES for (int i = 0; i < COUNT; i++) if (!(i & s)) {                      \
            f32x16 a = v[i], b = v[i + s];                                                 \
            v[i] = f_add(a, b);                                                            \
            v[i + s] = f_sub(a, b);                                                        \
        }

/// Shift, gains and rotation of the COUNT registers from channel i on.
#define ROTATE_GROUP(COUNT)                                                                        \
    static void rotate_##COUNT(const kernel_input *input, const float *x, int32_t i, float *y,     \
                               f32x16 *min, f32x16 *max) {                                         \
        const float *shift = input->shift, *gain = input->gain + i;                                \
        int32_t k = input->k;                                                                      \
        f32x16 v[COUNT];                                                                           \
        if (shift && i + 16 * COUNT <= k) {                                                        \
            EACH_VALUE(g, COUNT) v[g] = f_sub(f_load(x + i + 16 * g), f_load(shift + i + 16 * g)); \
        } else {                                                                                   \
            EACH_VALUE(g, COUNT) v[g] = shifted_lanes(x, shift, i + 16 * g, k);                    \
        }                                                                                          \
        EACH_VALUE(g, COUNT) v[g] = f_hadamard(f_mul(v[g], f_load(gain + 16 * g)));                \
        BUTTERFLIES(COUNT, v)                                                                      \
        EACH_VALUE(g, COUNT) f_store(y + i + 16 * g, v[g]);                                        \
        if (!min) return;                                                                          \
        f32x16 l = *min, h = *max;                                                                 \
        EACH_VALUE(g, COUNT) { l = f_min(l, v[g]); h = f_max(h, v[g]); }                           \
        *min = l;                                                                                  \
        *max = h;                                                                                  \
    }
ROTATE_GROUP(1)
ROTATE_GROUP(2)
ROTATE_GROUP(4)
ROTATE_GROUP(8)
ROTATE_GROUP(16)

/// Strides of 256 and more: butterflies between the COUNT groups of a block at y.
#define ROTATE_WIDE(COUNT)                                              \
    LANE void rotate_wide_##COUNT(float *y, f32x16 *min, f32x16 *max) { \
        f32x16 l = *min, h = *max;                                      \
        for (int32_t i = 0; i < 256; i += 16) {                         \
            f32x16 v[COUNT];                                            \
            EACH_VALUE(g, COUNT) v[g] = f_load(y + i + 256 * g);        \
            BUTTERFLIES(COUNT, v)                                       \
            EACH_VALUE(g, COUNT) {                                      \
                f_store(y + i + 256 * g, v[g]);                         \
                l = f_min(l, v[g]);                                     \
                h = f_max(h, v[g]);                                     \
            }                                                           \
        }                                                               \
        *min = l;                                                       \
        *max = h;                                                       \
    }
ROTATE_WIDE(2)
ROTATE_WIDE(4)

/// A row as y, with the min and max of each lane.
LANE void transform_row(const kernel_input *input, const float *x, float *y, f32x16 *min, f32x16 *max) {
    int32_t k = input->k, width = input->k_padded;
    *min = *max = f_set(0.0f);
    if (!input->block) {
        for (int32_t i = 0; i < width; i += 16) {
            f32x16 v = shifted_lanes(x, input->shift, i, k);
            f_store(y + i, v);
            *min = f_min(*min, v);
            *max = f_max(*max, v);
        }
        return;
    }
    int32_t group = input->block < 256 ? input->block : 256;
    int wide = input->block > 256;
    for (int32_t i = 0; i < width; i += group) {
        f32x16 *l = wide ? NULL : min, *h = wide ? NULL : max;
        switch (group) {
        case 16: rotate_1(input, x, i, y, l, h); break;
        case 32: rotate_2(input, x, i, y, l, h); break;
        case 64: rotate_4(input, x, i, y, l, h); break;
        case 128: rotate_8(input, x, i, y, l, h); break;
        default: rotate_16(input, x, i, y, l, h); break;
        }
        if (!wide || (i + group) % input->block) continue;
        if (input->block == 512)
            rotate_wide_2(y + i + group - 512, min, max);
        else
            rotate_wide_4(y + i + group - 1024, min, max);
    }
}

/// 16 values as levels of the step 1 / factor; clamping is for the one that stores them.
LANE i32x16 levels(const float *y, f32x16 factor, i32x16 offset) {
    return i_add(f_bits(f_add(f_mul(f_load(y), factor), f_set(ROUNDING))), offset);
}

static void quantize(const kernel_input *input, const float *x, size_t stride, int32_t rows, kernel_rows *out,
                     int32_t first, float *y) {
    int32_t width = input->k_padded;
    int two = input->planes == 2;
    int32_t steps = two ? 65024 : 254, base = two ? 256 : 1;
    for (int32_t row = 0; row < rows; row++, x += stride) {
        f32x16 mins, maxs;
        transform_row(input, x, y, &mins, &maxs);
        float min = f_min_lane(mins) + 0.0f, max = f_max_lane(maxs) + 0.0f;
        float range = max - min, scale = 0, inverse = 0;
        int32_t zero = two ? 32768 : 128;
        if (!(range < TINY)) {
            scale = range / (float)steps;
            inverse = (float)steps / range;
            float shifted = -min * inverse + ROUNDING;
            int32_t bits;
            memcpy(&bits, &shifted, sizeof bits);
            zero = base + bits - ROUNDING_BITS;
            // Always in between where the row is finite; elsewhere the sums after this one must not overflow.
            zero = zero < base ? base : zero > base + steps ? base + steps : zero;
        }
        out->scale[first + row] = scale;
        out->zero[first + row] = zero;
        uint8_t *u = out->values + (size_t)(first + row) * out->stride;
        f32x16 factor = f_set(inverse);
        i32x16 offset = i_set(zero - ROUNDING_BITS);
        uint8_t *v = u + (size_t)out->capacity * out->stride;
        int32_t i = 0;
        for (; i + 64 <= width; i += 64) {
            i32x16 a = levels(y + i, factor, offset), b = levels(y + i + 16, factor, offset);
            i32x16 c = levels(y + i + 32, factor, offset), d = levels(y + i + 48, factor, offset);
            if (two)
                i_store_planes(u + i, v + i, a, b, c, d);
            else
                i_store_levels(u + i, a, b, c, d);
        }
        for (; i < width; i += 16) {
            i32x16 q = levels(y + i, factor, offset);
            if (two) {
                q = i_max(i_min(q, i_set(65535)), i_set(0));
                i_store_bytes(u + i, i_shift_right(q, 8));
                i_store_bytes(v + i, q);
            } else {
                i_store_bytes(u + i, i_max(i_min(q, i_set(255)), i_set(1)));
            }
        }
    }
}
