#pragma STDC FP_CONTRACT OFF
#if defined(__aarch64__) || defined(__ARM_NEON)
#if defined(__aarch64__)
#include "lanes_neon.h"
#else
#include <arm_neon.h>
#include "lanes_plain.h"
#endif
#include "template.h"

// NEON without dot products: widening multiplies of bytes. Two products fit 16 bits (2 * 128 * 127 = 32512), then
// pairs are added into 32. A register holds 4 channels by 4 inputs, so each channel has two partial sums.
enum { TILE_ROWS = 2, OFFSET = 128 };

LANE int32x4_t join(int32x4_t a, int32x4_t b) {
#if defined(__aarch64__)
    return vpaddq_s32(a, b);
#else
    return vcombine_s32(vpadd_s32(vget_low_s32(a), vget_high_s32(a)), vpadd_s32(vget_low_s32(b), vget_high_s32(b)));
#endif
}

#if defined(__aarch64__)
// Keeps clang from seeing that all lanes are equal: it would trade smull2 for ext and smull.
#define HIDE(v) __asm__("" : "+w"(v))
#define MULTIPLY_HIGH(a, b) vmull_high_s8(a, b)
#define MULTIPLY_ADD_HIGH(c, a, b) vmlal_high_s8(c, a, b)
#else
#define HIDE(v) (void)(v)
#define MULTIPLY_HIGH(a, b) vmull_s8(vget_high_s8(a), vget_high_s8(b))
#define MULTIPLY_ADD_HIGH(c, a, b) vmlal_s8(c, vget_high_s8(a), vget_high_s8(b))
#endif

#define LANE_OF(u, g) vreinterpretq_s8_s32(vdupq_lane_s32(g < 2 ? vget_low_s32(u) : vget_high_s32(u), (g) % 2))

/// 8 inputs, groups g and g + 1 of the 16 in u, with 128 bytes of a panel.
#define STEP(R, g)                                                                               \
    {                                                                                            \
        int8x16_t p[R], q[R];                                                                    \
        EACH(r, R) {                                                                             \
            p[r] = LANE_OF(u[r], g);                                                             \
            q[r] = LANE_OF(u[r], g + 1);                                                         \
            HIDE(p[r]);                                                                          \
            HIDE(q[r]);                                                                          \
        }                                                                                        \
        EACH(v, 4) {                                                                             \
            int8x16_t y = vld1q_s8(w + 64 * g + 16 * v), z = vld1q_s8(w + 64 * g + 64 + 16 * v); \
            EACH(r, R) {                                                                         \
                int16x8_t low = vmull_s8(vget_low_s8(y), vget_low_s8(p[r]));                     \
                int16x8_t high = MULTIPLY_HIGH(y, p[r]);                                         \
                low = vmlal_s8(low, vget_low_s8(z), vget_low_s8(q[r]));                          \
                high = MULTIPLY_ADD_HIGH(high, z, q[r]);                                         \
                c[r][2 * v] = vpadalq_s16(c[r][2 * v], low);                                     \
                c[r][2 * v + 1] = vpadalq_s16(c[r][2 * v + 1], high);                            \
            }                                                                                    \
        }                                                                                        \
    }

#define SUMS(R)                                                                             \
    LANE void sums_##R(const uint8_t *const *x, const int8_t *w, int32_t k, i32x16 *sums) { \
        int32x4_t c[R][8];                                                                  \
        EACH(r, R) EACH(v, 8) c[r][v] = vdupq_n_s32(0);                                     \
        const uint8x16_t flip = vdupq_n_u8(128);                                            \
        for (int32_t i = 0; i < k; i += 16, w += 256) {                                     \
            int32x4_t u[R];                                                                 \
            EACH(r, R) u[r] = vreinterpretq_s32_u8(veorq_u8(vld1q_u8(x[r] + i), flip));     \
            STEP(R, 0) STEP(R, 2)                                                           \
        }                                                                                   \
        EACH(r, R) EACH(v, 4) {                                                             \
            int32x4_t sum = join(c[r][2 * v], c[r][2 * v + 1]);                             \
            memcpy((char *)&sums[r] + 16 * v, &sum, 16);                                    \
        }                                                                                   \
    }
SUMS(1)
#if defined(__aarch64__)
SUMS(2)
#endif

LANE void panel_sums(const uint8_t *const *x, int32_t count, const int8_t *w, int32_t k, i32x16 *sums) {
#if defined(__aarch64__)
    if (count == 2) {
        sums_2(x, w, k, sums);
        return;
    }
#endif
    // ARMv7 has 16 registers: two rows at once would spill.
    for (int32_t r = 0; r < count; r++) sums_1(x + r, w, k, sums + r);
}

#include "panel_tiles.h"
#include "neon_bytes.h"
#include "products.h"

LANE int32x4_t next_step(int32x4_t c, int8x8_t u, int8x8_t w) { return vpadalq_s16(c, vmlal_s8(vmull_s8(u, w), w, u)); }
PEAK(int32x4_t, 4, vdupq_n_s32(0), int8x8_t, vdup_n_s8(3), vdup_n_s8(5), next_step, 16, "w")

#if defined(__aarch64__)
static bool available(void) { return true; }
#else
static bool available(void) { return cpu_has_neon(); }
#endif

KERNEL_TABLE(kernel_neon, "neon");
#endif
