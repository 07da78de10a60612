#pragma STDC FP_CONTRACT OFF
#if defined(__aarch64__)
#pragma clang attribute push(__attribute__((target("dotprod,i8mm"))), apply_to = function)
#include "lanes_neon.h"
#include "template.h"

// USMMLA multiplies 2 rows by 8 inputs with 2 channels by 8 inputs, unsigned by signed. A panel holds 4 channels by 4
// inputs in a register: zipping two neighbouring groups of inputs gives channel pairs by 8 inputs, once for all rows.
// Two pairs of rows are the most that clang keeps in registers; the loop takes 64 inputs to spread its own cost.
enum { TILE_ROWS = 4, OFFSET = 0 };

/// 16 inputs of P pairs of rows, the registers u of each, with 256 bytes of a panel at w.
#define STEP(P, u, w)                                                                              \
    EACH(g, 2) {                                                                                   \
        uint8x16_t a[P];                                                                           \
        EACH(p, P) {                                                                               \
            uint64x2_t r = vreinterpretq_u64_u8(u[2 * p]), s = vreinterpretq_u64_u8(u[2 * p + 1]); \
            a[p] = vreinterpretq_u8_u64(g ? vzip2q_u64(r, s) : vzip1q_u64(r, s));                  \
        }                                                                                          \
        EACH(v, 4) {                                                                               \
            int32x4_t y = vreinterpretq_s32_s8(vld1q_s8(w + 128 * g + 16 * v));                    \
            int32x4_t z = vreinterpretq_s32_s8(vld1q_s8(w + 128 * g + 64 + 16 * v));               \
            int8x16_t even = vreinterpretq_s8_s32(vzip1q_s32(y, z));                               \
            int8x16_t odd = vreinterpretq_s8_s32(vzip2q_s32(y, z));                                \
            EACH(p, P) {                                                                           \
                c[p][2 * v] = vusmmlaq_s32(c[p][2 * v], a[p], even);                               \
                c[p][2 * v + 1] = vusmmlaq_s32(c[p][2 * v + 1], a[p], odd);                        \
            }                                                                                      \
        }                                                                                          \
    }

/// A step from the rows at an offset. The barrier keeps clang from loading ahead until registers spill.
#define ROWS_STEP(P, offset, w)                            \
    {                                                      \
        uint8x16_t u[2 * P];                               \
        EACH(r, 2 * P) u[r] = vld1q_u8(row[r] + (offset)); \
        STEP(P, u, w)                                      \
        __asm__ volatile("" ::: "memory");                 \
    }

/// Sums of P pairs of rows.
#define PAIRS(P)                                                                                          \
    LANE void pairs_##P(const uint8_t *const *x, const int8_t *w, int32_t k, i32x16 *sums) {              \
        int32x4_t c[P][8];                                                                                \
        EACH(p, P) EACH(v, 8) c[p][v] = vdupq_n_s32(0);                                                   \
        const uint8_t *row[2 * P];                                                                        \
        EACH(r, 2 * P) row[r] = x[r];                                                                     \
        for (; k >= 64; k -= 64, w += 1024) {                                                             \
            EACH(part, 4) ROWS_STEP(P, 16 * part, (w + 256 * part))                                       \
            EACH(r, 2 * P) row[r] += 64;                                                                  \
        }                                                                                                 \
        for (; k > 0; k -= 16, w += 256) {                                                                \
            ROWS_STEP(P, 0, w)                                                                            \
            EACH(r, 2 * P) row[r] += 16;                                                                  \
        }                                                                                                 \
        EACH(p, P) EACH(v, 4) {                                                                           \
            int64x2_t e = vreinterpretq_s64_s32(c[p][2 * v]), f = vreinterpretq_s64_s32(c[p][2 * v + 1]); \
            sums[2 * p].v[v] = vreinterpretq_s32_s64(vzip1q_s64(e, f));                                   \
            sums[2 * p + 1].v[v] = vreinterpretq_s32_s64(vzip2q_s64(e, f));                               \
        }                                                                                                 \
    }
PAIRS(1) PAIRS(2)

/// An odd last row is paired with itself.
LANE void panel_sums(const uint8_t *const *x, int32_t count, const int8_t *w, int32_t k, i32x16 *sums) {
    const uint8_t *rows[TILE_ROWS];
    i32x16 results[TILE_ROWS];
    EACH(r, TILE_ROWS) rows[r] = x[r < count ? r : count - 1];
    if (count <= 2) pairs_1(rows, w, k, results);
    else pairs_2(rows, w, k, results);
    for (int32_t r = 0; r < count; r++) sums[r] = results[r];
}

#include "panel_tiles.h"
#include "neon_bytes.h"
#include "products.h"

PEAK(int32x4_t, 8, vdupq_n_s32(0), int8x16_t, vdupq_n_s8(3), vdupq_n_s8(5), vmmlaq_s32, 32, "w")
#pragma clang attribute pop

static bool available(void) { return cpu_has_int8_matrices(); }

KERNEL_TABLE(kernel_smmla, "smmla");
#endif
