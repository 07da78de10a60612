#pragma STDC FP_CONTRACT OFF
#if defined(__aarch64__)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#include "lanes_neon.h"
#include "template.h"

// SDOT by lane: one register of a row holds 16 inputs, one of a panel 4 channels by 4 inputs.
enum { TILE_ROWS = 4, OFFSET = 128 };

#define STEP(R, g)                                                           \
    EACH(v, 4) {                                                             \
        int8x16_t y = vld1q_s8(w + 64 * g + 16 * v);                         \
        EACH(r, R) sums[r].v[v] = vdotq_laneq_s32(sums[r].v[v], y, u[r], g); \
    }

#define SUMS(R)                                                                            \
    LANE void sums_##R(const uint8_t *const *x, const int8_t *w, int32_t k, i32x16 *out) { \
        i32x16 sums[R];                                                                    \
        EACH(r, R) EACH(v, 4) sums[r].v[v] = vdupq_n_s32(0);                               \
        const int8x16_t flip = vdupq_n_s8(-128);                                           \
        for (int32_t i = 0; i < k; i += 16, w += 256) {                                    \
            int8x16_t u[R];                                                                \
            EACH(r, R) u[r] = veorq_s8(vreinterpretq_s8_u8(vld1q_u8(x[r] + i)), flip);     \
            STEP(R, 0) STEP(R, 1) STEP(R, 2) STEP(R, 3)                                    \
        }                                                                                  \
        EACH(r, R) out[r] = sums[r];                                                       \
    }
PANEL_SUMS(4, const uint8_t *const *)

#include "panel_tiles.h"
#include "neon_bytes.h"
#include "products.h"

PEAK(int32x4_t, 8, vdupq_n_s32(0), int8x16_t, vdupq_n_s8(3), vdupq_n_s8(5), vdotq_s32, 16, "w")
#pragma clang attribute pop

static bool available(void) { return cpu_has_dot_product(); }

KERNEL_TABLE(kernel_sdot, "sdot");
#endif
