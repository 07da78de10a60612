// Attention over integer heads, from the same tile as the matmuls: queries and softmax weights are rows, keys and
// values are panels. Included by products.h, after tile_floats and tile_sums (panel_tiles.h says what they do).

/// Digits of 16 values: one in ±127, or two in base 254.
LANE void digits_of(f32x16 x, f32x16 inverse, int32_t planes, i32x16 digits[2]) {
    int32_t max = planes == 2 ? HEAD_MAX_2 : HEAD_MAX_1;
    i32x16 q = i_max(i_min(f_round(f_mul(x, inverse)), i_set(max)), i_set(-max));
    digits[0] = q;
    if (planes == 2) {
        digits[0] = f_round(f_mul(i_to_float(q), f_set(1.0f / 254.0f)));
        digits[1] = i_sub(q, i_mul(digits[0], i_set(254)));
    }
}

LANE f32x16 load_up_to(const float *p, int32_t n) { return n >= 16 ? f_load(p) : f_load_part(p, n); }

LANE void scale_of(float magnitude, float max, float *scale, float *inverse) {
    magnitude += 0.0f;
    int none = magnitude < TINY;
    *scale = none ? 0 : magnitude / max;
    *inverse = none ? 0 : max / magnitude;
}

LANE float row_scale(const float *x, int32_t n, float max, float *inverse) {
    f32x16 top = f_set(0.0f);
    for (int32_t i = 0; i < n; i += 16) top = f_max(top, f_abs(load_up_to(x + i, n - i)));
    float scale;
    scale_of(f_max_lane(top), max, &scale, inverse);
    return scale;
}

/// Puts the bytes of a key, 4 channels at a time, beside those of the other tokens of its panel.
LANE void place_key(int8_t *key, int32_t token, int32_t i, int32_t count, int32_t padded, const uint8_t *bytes) {
    int8_t *panel = key + panel_index(token, i, padded);
    for (int32_t group = 0; group < count / 4; group++) memcpy(panel + 64 * group, bytes + 4 * group, 4);
}

/// Digits of 16 values of one plane, plus 128.
LANE i32x16 raised_digits(const float *x, f32x16 inverse) {
    return i_add(f_round(f_mul(f_load(x), inverse)), i_set(128));
}

/// Digits of 64 values of one plane plus 128, as bytes; returns the lanes' sums of them. Values that are numbers need
/// no clamping here: none is larger than the magnitude that the step comes from.
LANE i32x16 store_digits(const float *x, f32x16 inverse, uint8_t *bytes) {
    i32x16 a = raised_digits(x, inverse), b = raised_digits(x + 16, inverse);
    i32x16 c = raised_digits(x + 32, inverse), d = raised_digits(x + 48, inverse);
    i_store_levels(bytes, a, b, c, d);
    return i_add(i_add(a, b), i_add(c, d));
}

static void pack_keys_and_queries(kernel_head *head, const float *query, const float *key, size_t stride, float max) {
    int32_t size = head->size, padded = head->size_padded;
    int whole = head->planes == 1 && size % 64 == 0;
    float constant = LOG2_E / __builtin_elementwise_sqrt((float)size);
    for (int32_t token = 0; token < head->length; token++) {
        const float *q = query + (size_t)token * stride, *k = key + (size_t)token * stride;
        i32x16 digits[2], sums[2] = {i_set(0), i_set(0)};
        float query_inverse, key_inverse;
        head->query_scale[token] = row_scale(q, size, max, &query_inverse) * constant;
        head->key_scale[token] = row_scale(k, size, max, &key_inverse);
        if (whole) {
            for (int32_t i = 0; i < size; i += 64) {
                uint8_t bytes[64];
                store_digits(q + i, f_set(query_inverse), head->query[0] + token * padded + i);
                sums[0] = i_add(sums[0], store_digits(k + i, f_set(key_inverse), bytes));
                for (int b = 0; b < 64; b++) bytes[b] ^= 128;
                place_key(head->key[0], token, i, 64, padded, bytes);
            }
            head->key_sum[0][token] = i_sum(sums[0]) - 128 * size;
            continue;
        }
        for (int32_t i = 0; i < size; i += 16) {
            digits_of(load_up_to(q + i, size - i), f_set(query_inverse), head->planes, digits);
            for (int32_t p = 0; p < head->planes; p++)
                i_store_bytes(head->query[p] + token * padded + i, i_add(digits[p], i_set(128)));
            digits_of(load_up_to(k + i, size - i), f_set(key_inverse), head->planes, digits);
            for (int32_t p = 0; p < head->planes; p++) {
                uint8_t bytes[16];
                i_store_bytes(bytes, digits[p]);
                sums[p] = i_add(sums[p], digits[p]);
                place_key(head->key[p], token, i, 16, padded, bytes);
            }
        }
        for (int32_t p = 0; p < head->planes; p++) head->key_sum[p][token] = i_sum(sums[p]);
    }
}

/// Four tokens' digits of one channel in a word, a word for each of 16 channels.
LANE i32x16 words_of(const i32x16 digits[4]) {
    const i32x16 byte = i_set(255);
    i32x16 low = i_or(i_and(digits[0], byte), i_shift_left(i_and(digits[1], byte), 8));
    return i_or(low, i_or(i_shift_left(i_and(digits[2], byte), 16), i_shift_left(digits[3], 24)));
}

static void pack_values(kernel_head *head, const float *value, size_t stride, float max) {
    int32_t size = head->size, length = head->length;
    for (int32_t i = 0; i < size; i += 16) {
        int32_t n = size - i < 16 ? size - i : 16;
        f32x16 top = f_set(0.0f);
        for (int32_t token = 0; token < length; token++)
            top = f_max(top, f_abs(load_up_to(value + (size_t)token * stride + i, n)));
        float tops[16], scales[16], inverses[16];
        f_store(tops, top);
        for (int c = 0; c < 16; c++) scale_of(tops[c], max, scales + c, inverses + c);
        f_store(head->value_scale + i, f_keep(f_load(scales), n));
        f32x16 inverse = f_load(inverses);
        i32x16 sums[2] = {i_set(0), i_set(0)};
        for (int32_t token = 0; token < length; token += 4) {
            i32x16 digits[2][4];
            const float *x = value + (size_t)token * stride + i;
            if (head->planes == 1 && n == 16 && token + 4 <= length) {  // no clamping here either: see store_digits
                for (int t = 0; t < 4; t++) digits[0][t] = f_round(f_mul(f_load(x + t * stride), inverse));
            } else {
                for (int t = 0; t < 4; t++) {
                    i32x16 planes[2] = {i_set(0), i_set(0)};
                    if (token + t < length) digits_of(load_up_to(x + t * stride, n), inverse, head->planes, planes);
                    digits[0][t] = planes[0];
                    digits[1][t] = planes[1];
                }
            }
            for (int32_t p = 0; p < head->planes; p++) {
                sums[p] = i_add(sums[p], i_add(i_add(digits[p][0], digits[p][1]), i_add(digits[p][2], digits[p][3])));
                i_store((int32_t *)(head->value[p] + panel_index(i, token, head->length_padded)), words_of(digits[p]));
            }
        }
        // Channels beyond the size have scale 0, but their digits must not count.
        for (int32_t p = 0; p < head->planes; p++) i_store(head->value_sum[p] + i, i_keep(sums[p], n));
    }
}

static void pack_head(kernel_head *head, const float *query, const float *key, const float *value, size_t stride) {
    float max = head->planes == 2 ? (float)HEAD_MAX_2 : (float)HEAD_MAX_1;
    head_clear(head);
    pack_keys_and_queries(head, query, key, stride, max);
    pack_values(head, value, stride, max);
}

/// 2^(score - top) in steps of 1 / max. No score is above the top, so that only the lower limit counts.
LANE void weights_of(const float *scores, f32x16 top, float max, i32x16 *weights, int count) {
    f32x16 t[SIDE_BY_SIDE];
    EACH(i, count) t[i] = f_sub(f_load(scores + 16 * i), top);
    exp2_below(t, count);
    EACH(i, count) weights[i] = f_round(f_mul(t[i], f_set(max)));
}

/// Softmax weights of one query, whose largest score is `largest`, as bytes; returns 1 / their sum.
LANE float weigh(const float *scores, int32_t length, float largest, int two, uint8_t *high, uint8_t *low) {
    f32x16 top = f_set(largest);
    float steps = two ? 65535.0f : 255.0f;
    i32x16 total = i_set(0);
    int32_t j = 0;
    if (two)
        for (; j + 64 <= length; j += 64) {
            i32x16 p[4];
            for (int i = 0; i < 4; i += SIDE_BY_SIDE) weights_of(scores + j + 16 * i, top, steps, p + i, SIDE_BY_SIDE);
            total = i_add(total, i_add(i_add(p[0], p[1]), i_add(p[2], p[3])));
            i_store_planes(high + j, low + j, p[0], p[1], p[2], p[3]);
        }
    for (; j < length; j += 16) {
        i32x16 p;
        weights_of(scores + j, top, steps, &p, 1);
        if (length - j < 16) p = i_keep(p, length - j);
        total = i_add(total, p);
        i_store_bytes(high + j, two ? i_shift_right(p, 8) : p);
        if (two) i_store_bytes(low + j, p);
    }
    return 1.0f / (float)i_sum(total);
}

/// Scores of up to 8 queries where queries and keys have two digits.
static void wide_scores(const kernel_head *head, int32_t first, int32_t rows) {
    int32_t n = head->length_padded, d = head->size_padded;
    for (int32_t j = 0; j < n; j += 16) {
        int32_t sums[4][8 * 16];
        for (int a = 0; a < 2; a++)
            for (int b = 0; b < 2; b++)
                tile_sums(head->query[a] + first * d, (size_t)d, rows, head->key[b] + (size_t)j * d, d,
                          head->key_sum[b] + j, sums[2 * a + b]);
        i32x16 high_sum = i_shift_left(i_load(head->key_sum[0] + j), 7);
        i32x16 low_sum = i_shift_left(i_load(head->key_sum[1] + j), 7);
        for (int32_t row = 0; row < rows; row++) {
            i32x16 hh = i_sub(i_load(sums[0] + 16 * row), high_sum), hl = i_sub(i_load(sums[1] + 16 * row), low_sum);
            i32x16 lh = i_sub(i_load(sums[2] + 16 * row), high_sum), ll = i_sub(i_load(sums[3] + 16 * row), low_sum);
            f32x16 f = f_add(f_mul(i_to_float(hh), f_set(254.0f)), i_to_float(i_add(hl, lh)));
            f = f_add(f_mul(f, f_set(254.0f)), i_to_float(ll));
            f = f_mul(f_mul(f, f_load(head->key_scale + j)), f_set(head->query_scale[first + row]));
            f_store(head->scores + (size_t)row * n + j, f);
        }
    }
}

/// Contexts of up to 8 queries where values have two digits: out is [8][size_padded].
static void wide_contexts(const kernel_head *head, int32_t rows, const float *inverse, float *out) {
    int32_t n = head->size_padded, length = head->length_padded;
    const uint8_t *high = head->weights, *low = high + 8 * (size_t)length;
    int two = head->weight_planes == 2;
    for (int32_t c = 0; c < n; c += 16) {
        int32_t sums[4][8 * 16];
        for (int p = 0; p < 2; p++) {
            const int8_t *panel = head->value[p] + (size_t)c * length;
            tile_sums(high, (size_t)length, rows, panel, length, head->value_sum[p] + c, sums[2 * p]);
            if (two) tile_sums(low, (size_t)length, rows, panel, length, head->value_sum[p] + c, sums[2 * p + 1]);
        }
        for (int32_t row = 0; row < rows; row++) {
            f32x16 parts[2];
            for (int p = 0; p < 2; p++) {
                parts[p] = i_to_float(i_load(sums[2 * p] + 16 * row));
                if (!two) continue;
                f32x16 rest = i_to_float(i_load(sums[2 * p + 1] + 16 * row));
                parts[p] = f_add(f_mul(parts[p], f_set(256.0f)), rest);
            }
            f32x16 f = f_add(f_mul(parts[0], f_set(254.0f)), parts[1]);
            f = f_mul(f_mul(f, f_load(head->value_scale + c)), f_set(inverse[row]));
            f_store(out + row * n + c, f);
        }
    }
}

static void attend(const kernel_head *head, int32_t first, int32_t rows, float *out, size_t out_stride) {
    int32_t n = head->length_padded, size = head->size, padded = head->size_padded;
    uint8_t *high = head->weights, *low = high + 8 * (size_t)n;
    float *contexts = head->scores + 8 * (size_t)n;
    static const int32_t offsets[8] = {128, 128, 128, 128, 128, 128, 128, 128}, none[8] = {0};
    for (int32_t begin = 0; begin < rows; begin += 8) {
        int32_t count = rows - begin < 8 ? rows - begin : 8, query = first + begin;
        if (head->planes == 2) {
            wide_scores(head, query, count);
        } else {
            tile_steps steps = {head->key_sum[0], head->key_scale, NULL, offsets, head->query_scale + query,
                                KERNEL_ACTIVATION_NONE};
            tile_floats(head->query[0] + query * padded, NULL, (size_t)padded, count, head->key[0], padded, 0, n,
                        &steps, head->scores, (size_t)n);
        }
        float tops[8], inverse[8];
        for (int32_t row = 0; row < count; row++) tops[row] = largest(head->scores + (size_t)row * n, head->length);
        for (int32_t row = 0; row < count; row++)
            inverse[row] = weigh(head->scores + (size_t)row * n, head->length, tops[row], head->weight_planes == 2,
                                 high + (size_t)row * n, low + (size_t)row * n);
        int whole = size == padded;
        float *target = whole ? out + (size_t)begin * out_stride : contexts;
        size_t stride = whole ? out_stride : (size_t)padded;
        if (head->planes == 2) {
            wide_contexts(head, count, inverse, contexts);
            whole = 0;
            stride = (size_t)padded;
        } else {
            tile_steps steps = {head->value_sum[0], head->value_scale, NULL, none, inverse, KERNEL_ACTIVATION_NONE};
            tile_floats(high, head->weight_planes == 2 ? low : NULL, (size_t)n, count, head->value[0], n, 0, padded,
                        &steps, target, stride);
        }
        if (!whole)
            for (int32_t row = 0; row < count; row++)
                memcpy(out + (size_t)(begin + row) * out_stride, contexts + row * padded, (size_t)size * sizeof(float));
    }
}
