#pragma STDC FP_CONTRACT OFF
#if defined(__aarch64__)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#include "lanes_neon.h"
#include "rows.h"
#include "tile.h"

// SDOT by lane: one register of a row holds 16 inputs, one of a panel 4 channels by 4 inputs.
enum { TILE_ROWS = 4, OFFSET = 128 };

#define EACH(i, count) _Pragma("clang loop unroll(full)") for (int i = 0; i < count; i++)

#define STEP(R, g)                                                                             \
    EACH(v, 4) {                                                                               \
        int8x16_t y = vld1q_s8(w + 64 * g + 16 * v);                                           \
        EACH(r, R) sums[r].v[v] = vdotq_laneq_s32(sums[r].v[v], y, u[r], g);                   \
    }

#define SUMS(R)                                                                                \
    LANE void sums_##R(const uint8_t *const *x, const int8_t *w, int32_t k, i32x16 *out) {     \
        i32x16 sums[R];                                                                        \
        EACH(r, R) EACH(v, 4) sums[r].v[v] = vdupq_n_s32(0);                                   \
        const int8x16_t flip = vdupq_n_s8(-128);                                               \
        for (int32_t i = 0; i < k; i += 16, w += 256) {                                        \
            int8x16_t u[R];                                                                    \
            EACH(r, R) u[r] = veorq_s8(vreinterpretq_s8_u8(vld1q_u8(x[r] + i)), flip);         \
            STEP(R, 0) STEP(R, 1) STEP(R, 2) STEP(R, 3)                                        \
        }                                                                                      \
        EACH(r, R) out[r] = sums[r];                                                           \
    }
SUMS(1) SUMS(2) SUMS(3) SUMS(4)
#include "panel_dispatch.h"
PANEL_SUMS_4

#include "panel_tiles.h"
#include "attention.h"
#include "matmul.h"
#include "neon_common.h"
#include "table.h"

static uint64_t peak(uint64_t iterations) {
    int32x4_t s[8];
    int8x16_t u = vdupq_n_s8(3), w = vdupq_n_s8(5);
    EACH(i, 8) s[i] = vdupq_n_s32(0);
    for (uint64_t t = 0; t < iterations; t++)
        EACH(i, 8) {
            s[i] = vdotq_s32(s[i], u, w);
            __asm__ volatile("" : "+w"(s[i]));
        }
    EACH(i, 8) __asm__ volatile("" ::"w"(s[i]));
    return iterations * 8 * 16;
}
#pragma clang attribute pop

#include <sys/auxv.h>
static bool available(void) { return (getauxval(AT_HWCAP) & (1ul << 20)) != 0; }

const kernel_table kernel_sdot = {
    "sdot", available, quantize, matmul, add_plane, add_norm, pack_head, attend, embed, hyperbolic_tangent, softmax,
    matmul_table, matmul_f32, attend_f32, peak,
};
#endif
