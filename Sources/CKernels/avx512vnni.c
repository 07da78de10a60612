#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#define TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"
#pragma clang attribute push(__attribute__((target(TARGET))), apply_to = function)
#include "lanes_avx512.h"
#include "template.h"

// The tile: up to 8 rows by 3 panels of 16 channels keep 24 accumulators, 3 weights and a broadcast in 32 registers.
// Two-plane rows fill the same tile with 4 rows of the high plane and 4 of the low one.
enum { ROWS = 8, PANELS = 3 };

// Bytes ahead of the weights that are asked for: a strip of three panels is wider than the first cache level.
enum { AHEAD = 1024 };

/// Sums of R rows at a (the first HALF) and b (the others) over k with V panels. Meanwhile a panel at `later` is asked
/// for, which comes from outer cache levels or from memory.
#define SUM_TILE(R, V)                                                                                 \
    LANE void sum_##R##x##V(const uint8_t *a, const uint8_t *b, size_t lda, int half, const int8_t *w, \
                            size_t panel, int32_t k, const int8_t *later, __m512i c[ROWS][PANELS]) {   \
        const uint8_t *x[R];                                                                           \
        EACH(r, R) x[r] = r < half ? a + (size_t)r * lda : b + (size_t)(r - half) * lda;               \
        EACH(r, R) EACH(v, V) c[r][v] = _mm512_setzero_si512();                                        \
        for (int32_t i = 0; i < k; i += 4, w += 64, later += 64) {                                     \
            __m512i y[V];                                                                              \
            _mm_prefetch((const char *)later, _MM_HINT_T1);                                            \
            EACH(v, V) {                                                                               \
                y[v] = _mm512_load_si512(w + v * panel);                                               \
                _mm_prefetch((const char *)w + v * panel + AHEAD, _MM_HINT_T0);                        \
            }                                                                                          \
            EACH(r, R) {                                                                               \
                int32_t word;                                                                          \
                memcpy(&word, x[r] + i, 4);                                                            \
                __m512i u = _mm512_set1_epi32(word);                                                   \
                EACH(v, V) c[r][v] = _mm512_dpbusd_epi32(c[r][v], u, y[v]);                            \
            }                                                                                          \
        }                                                                                              \
    }

/// The floats of one vector of sums, one plane or two.
LANE f32x16 dequantized(__m512i high, __m512i low, int two, int biased, tile_steps steps, int32_t j, int32_t row) {
    __m512i sum = _mm512_loadu_si512(steps.column_sum + j);
    int32_t zero = steps.zero[row];
    high = _mm512_sub_epi32(high, _mm512_mullo_epi32(sum, _mm512_set1_epi32(two ? zero >> 8 : zero)));
    if (two) low = _mm512_sub_epi32(low, _mm512_mullo_epi32(sum, _mm512_set1_epi32(zero & 255)));
    f32x16 f = _mm512_cvtepi32_ps(high);
    if (two) f = f_add(f_mul(f, f_set(256.0f)), _mm512_cvtepi32_ps(low));
    f = f_mul(f_mul(f, f_load(steps.scale + j)), f_set(steps.row_scale[row]));
    return biased ? f_add(f, f_load(steps.bias + j)) : f;
}

/// The steps of a whole tile, row by row; what they are is asked once, not for every vector.
#define FINISH_TILE(R, V, low, two)                                                                          \
    const tile_steps s = *steps;                                                                             \
    if (!s.bias)                                                                                             \
        FINISH_ROWS(R, V, low, two, 0, s.activation)                                                         \
    else                                                                                                     \
        switch (s.activation) {                                                                              \
        case KERNEL_ACTIVATION_NONE: FINISH_ROWS(R, V, low, two, 1, KERNEL_ACTIVATION_NONE) break;           \
        case KERNEL_ACTIVATION_GELU_TANH: FINISH_ROWS(R, V, low, two, 1, KERNEL_ACTIVATION_GELU_TANH) break; \
        default: FINISH_ROWS(R, V, low, two, 1, s.activation) break;                                         \
        }
#define FINISH_ROWS(R, V, low, two, biased, activation)                                         \
    EACH(r, R) {                                                                                \
        f32x16 f[V];                                                                            \
        EACH(v, V) f[v] = dequantized(c[r][v], c[low][v], two, biased, s, j + 16 * v, row + r); \
        activate(f, V, activation);                                                             \
        EACH(v, V) f_store(out + r * ldo + 16 * v, f[v]);                                       \
    }

#define TILE(R, V)                                                                     \
    SUM_TILE(R, V)                                                                     \
    static __attribute__((noinline)) void one_plane_##R##x##V(                         \
        const uint8_t *a, size_t lda, const int8_t *w, int32_t k, const int8_t *later, \
        const tile_steps *steps, int32_t j, int32_t row, float *out, size_t ldo) {     \
        __m512i c[ROWS][PANELS];                                                       \
        sum_##R##x##V(a, a, lda, R, w, (size_t)k * 16, k, later, c);                   \
        FINISH_TILE(R, V, r, 0)                                                        \
    }

#define TILES(R) TILE(R, 1) TILE(R, 2) TILE(R, 3)
TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6) TILES(7) TILES(8)

#define TWO_PLANES(R, D, V)                                                                              \
    static __attribute__((noinline)) void two_planes_##R##x##V(                                          \
        const uint8_t *a, const uint8_t *b, size_t lda, const int8_t *w, int32_t k, const int8_t *later, \
        const tile_steps *steps, int32_t j, int32_t row, float *out, size_t ldo) {                       \
        __m512i c[ROWS][PANELS];                                                                         \
        sum_##D##x##V(a, b, lda, R, w, (size_t)k * 16, k, later, c);                                     \
        FINISH_TILE(R, V, r + R, 1)                                                                      \
    }
#define TWO_PLANE_TILES(R, D) TWO_PLANES(R, D, 1) TWO_PLANES(R, D, 2) TWO_PLANES(R, D, 3)
TWO_PLANE_TILES(1, 2) TWO_PLANE_TILES(2, 4) TWO_PLANE_TILES(3, 6) TWO_PLANE_TILES(4, 8)

typedef void one_plane_tile(const uint8_t *, size_t, const int8_t *, int32_t, const int8_t *, const tile_steps *,
                            int32_t, int32_t, float *, size_t);
typedef void two_plane_tile(const uint8_t *, const uint8_t *, size_t, const int8_t *, int32_t, const int8_t *,
                            const tile_steps *, int32_t, int32_t, float *, size_t);
#define ROW_OF(NAME, R) {NAME##_##R##x1, NAME##_##R##x2, NAME##_##R##x3}
static one_plane_tile *const one_plane[ROWS][PANELS] = {
    ROW_OF(one_plane, 1), ROW_OF(one_plane, 2), ROW_OF(one_plane, 3), ROW_OF(one_plane, 4),
    ROW_OF(one_plane, 5), ROW_OF(one_plane, 6), ROW_OF(one_plane, 7), ROW_OF(one_plane, 8),
};
static two_plane_tile *const two_planes[ROWS / 2][PANELS] = {
    ROW_OF(two_planes, 1), ROW_OF(two_planes, 2), ROW_OF(two_planes, 3), ROW_OF(two_planes, 4),
};

/// Channels n0 ... n1 of rows at a (and their low plane at b, or null); out points at channel n0.
static void tile_floats(const uint8_t *a, const uint8_t *b, size_t lda, int32_t rows, const int8_t *panels, int32_t k,
                        int32_t n0, int32_t n1, const tile_steps *steps, float *out, size_t ldo) {
    int32_t height = b ? ROWS / 2 : ROWS;
    for (int32_t j = n0; j < n1;) {
        int32_t width = (n1 - j) / 16 < PANELS ? (n1 - j) / 16 : PANELS;
        const int8_t *w = panels + (size_t)j * (size_t)k;
        // The panels of the next strip, one during each of the first tiles of this one.
        int32_t next = j + 16 * width;
        for (int32_t row = 0; row < rows; row += height, next += 16) {
            const int8_t *later = next < n1 && next < j + 32 * PANELS ? panels + (size_t)next * (size_t)k : w;
            int32_t count = rows - row < height ? rows - row : height;
            const uint8_t *x = a + (size_t)row * lda;
            float *y = out + (size_t)row * ldo + (j - n0);
            if (b)
                two_planes[count - 1][width - 1](x, b + (size_t)row * lda, lda, w, k, later, steps, j, row, y, ldo);
            else
                one_plane[count - 1][width - 1](x, lda, w, k, later, steps, j, row, y, ldo);
        }
        j += 16 * width;
    }
}

/// Raw sums of up to 8 rows with one panel: [8][16].
static void tile_sums(const uint8_t *a, size_t lda, int32_t rows, const int8_t *panel, int32_t k,
                      const int32_t *column_sum, int32_t *out) {
    (void)column_sum;
    __m512i c[ROWS][PANELS];
    if (rows == ROWS) {
        sum_8x1(a, a, lda, ROWS, panel, 0, k, panel, c);
        EACH(r, ROWS) i_store(out + 16 * r, c[r][0]);
    } else {
        for (int32_t r = 0; r < rows; r++) {
            sum_1x1(a + (size_t)r * lda, a, lda, 1, panel, 0, k, panel, c);
            i_store(out + 16 * r, c[0][0]);
        }
    }
}

/// Sum of bytes u times w over k, exact.
LANE int32_t dot_bytes(const uint8_t *u, const int8_t *w, int32_t k) {
    __m512i sum = _mm512_setzero_si512();
    int32_t i = 0;
    for (; i + 64 <= k; i += 64) sum = _mm512_dpbusd_epi32(sum, _mm512_loadu_si512(u + i), _mm512_loadu_si512(w + i));
    if (i < k) {
        __mmask64 mask = (1ull << (k - i)) - 1;
        sum = _mm512_dpbusd_epi32(sum, _mm512_maskz_loadu_epi8(mask, u + i), _mm512_maskz_loadu_epi8(mask, w + i));
    }
    return _mm512_reduce_add_epi32(sum);
}

LANE int32_t sum_bytes(const int8_t *w, int32_t k) {
    const __m512i ones = _mm512_set1_epi8(1);
    __m512i sum = _mm512_setzero_si512();
    int32_t i = 0;
    for (; i + 64 <= k; i += 64) sum = _mm512_dpbusd_epi32(sum, ones, _mm512_loadu_si512(w + i));
    if (i < k) sum = _mm512_dpbusd_epi32(sum, ones, _mm512_maskz_loadu_epi8((1ull << (k - i)) - 1, w + i));
    return _mm512_reduce_add_epi32(sum);
}

#include "products.h"

PEAK(__m512i, 16, _mm512_setzero_si512(), __m512i, _mm512_set1_epi8(3), _mm512_set1_epi8(5), _mm512_dpbusd_epi32, 64,
     "v")
#pragma clang attribute pop

static bool available(void) { return cpu_has_avx512_vnni(); }

KERNEL_TABLE(kernel_avx512vnni, "avx512vnni");
#endif
