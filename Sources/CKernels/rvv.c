#pragma STDC FP_CONTRACT OFF
#if defined(__riscv) && __riscv_xlen == 64
#pragma clang attribute push(__attribute__((target("arch=+v"))), apply_to = function)
#include <riscv_vector.h>
#include "lanes_vector.h"
#include "template.h"

// RISC-V with vector 1.0, any register length from 128 bits on. Signed operands: two products fit 16 bits
// (2 * 128 * 127 = 32512), then they are added into 32. The 64 bytes of a panel's 4 inputs are one group of registers,
// or from registers of 128 bits two halves one after the other; each channel has four partial sums that meet at the
// end.
enum { TILE_ROWS = 2, OFFSET = 128 };

/// Signed bytes x = u - 128, in the first half of each 8 bytes.
LANE void prepare_16(const uint8_t *u, uint8_t *out) {
    for (int g = 0; g < 4; g++) {
        uint32_t word;
        memcpy(&word, u + 4 * g, 4);
        word ^= 0x80808080u;
        memcpy(out + 8 * TILE_ROWS * g, &word, 4);
    }
}

/// The 4 inputs at p in every 4 lanes.
LANE vint8m2_t four_inputs(const uint8_t *p, size_t lanes) {
    return __riscv_vreinterpret_v_i32m2_i8m2(__riscv_vmv_v_x_i32m2((int32_t)word_at(p), lanes / 4));
}

/// 8 inputs of one row with the panel's bytes a and b, into 32 bits.
LANE vint32m8_t multiply_add(vint32m8_t c, const uint8_t *x, vint8m2_t a, vint8m2_t b, size_t lanes) {
    vint16m4_t products = __riscv_vwmul_vv_i16m4(a, four_inputs(x, lanes), lanes);
    products = __riscv_vwmacc_vv_i16m4(products, b, four_inputs(x + 8 * TILE_ROWS, lanes), lanes);
    return __riscv_vwadd_wv_i32m8(c, products, lanes);
}

/// Adds the four partial sums of each channel to `sums`.
LANE void join(vint32m8_t c, int32_t *sums, size_t lanes) {
    int32_t parts[64];
    __riscv_vse32_v_i32m8(parts, c, lanes);
    for (size_t channel = 0; channel < lanes / 4; channel++)
        sums[channel] += parts[4 * channel] + parts[4 * channel + 1] + parts[4 * channel + 2] + parts[4 * channel + 3];
}

/// Bytes of a panel that are multiplied at once: 64, or 32 where registers have 128 bits.
LANE size_t lanes_at_once(void) { return __riscv_vsetvl_e8m2(64); }

static void sums_2(const uint8_t *rows, const int8_t *panel, int32_t k, i32x16 *sums) {
    size_t lanes = lanes_at_once();
    for (size_t part = 0; part < 64; part += lanes) {
        vint32m8_t c = __riscv_vmv_v_x_i32m8(0, lanes), d = c;
        const uint8_t *x = rows;
        const int8_t *w = panel + part;
        for (int32_t i = 0; i < k; i += 8, x += 16 * TILE_ROWS, w += 128) {
            vint8m2_t a = __riscv_vle8_v_i8m2(w, lanes), b = __riscv_vle8_v_i8m2(w + 64, lanes);
            c = multiply_add(c, x, a, b, lanes);
            d = multiply_add(d, x + 8, a, b, lanes);
        }
        join(c, (int32_t *)&sums[0] + part / 4, lanes);
        join(d, (int32_t *)&sums[1] + part / 4, lanes);
    }
}

static void sums_1(const uint8_t *rows, const int8_t *panel, int32_t k, i32x16 *sums) {
    size_t lanes = lanes_at_once();
    for (size_t part = 0; part < 64; part += lanes) {
        vint32m8_t c = __riscv_vmv_v_x_i32m8(0, lanes);
        const uint8_t *x = rows;
        const int8_t *w = panel + part;
        for (int32_t i = 0; i < k; i += 8, x += 16 * TILE_ROWS, w += 128)
            c = multiply_add(c, x, __riscv_vle8_v_i8m2(w, lanes), __riscv_vle8_v_i8m2(w + 64, lanes), lanes);
        join(c, (int32_t *)&sums[0] + part / 4, lanes);
    }
}

LANE void panel_sums(const uint8_t *x, int32_t count, const int8_t *w, int32_t k, i32x16 *sums) {
    if (count == 2) sums_2(x, w, k, sums);
    else sums_1(x, w, k, sums);
}

#include "prepared_tiles.h"

LANE int32_t dot_bytes(const uint8_t *u, const int8_t *w, int32_t k) {
    vint32m8_t sum = __riscv_vmv_v_x_i32m8(0, __riscv_vsetvlmax_e32m8());
    for (size_t count; k > 0; k -= (int32_t)count, u += count, w += count) {
        count = __riscv_vsetvl_e8m2((size_t)k);
        vint16m4_t products = __riscv_vwmulsu_vv_i16m4(
            __riscv_vle8_v_i8m2(w, count), __riscv_vle8_v_u8m2(u, count), count);
        sum = __riscv_vwadd_wv_i32m8_tu(sum, sum, products, count);
    }
    vint32m1_t none = __riscv_vmv_v_x_i32m1(0, 1);
    return __riscv_vmv_x_s_i32m1_i32(__riscv_vredsum_vs_i32m8_i32m1(sum, none, __riscv_vsetvlmax_e32m8()));
}

LANE int32_t sum_bytes(const int8_t *w, int32_t k) {
    int32_t sum = 0;
    for (int32_t i = 0; i < k; i++) sum += w[i];
    return sum;
}

#include "products.h"

/// The multiplies of the tile in registers.
static uint64_t peak(uint64_t iterations) {
    size_t lanes = lanes_at_once();
    vint8m2_t u = __riscv_vmv_v_x_i8m2(3, lanes), w = __riscv_vmv_v_x_i8m2(5, lanes);
    vint32m8_t c = __riscv_vmv_v_x_i32m8(0, lanes), d = c;
    for (uint64_t i = 0; i < iterations; i++) {
        c = __riscv_vwadd_wv_i32m8(c, __riscv_vwmacc_vv_i16m4(__riscv_vwmul_vv_i16m4(u, w, lanes), w, u, lanes), lanes);
        __asm__ volatile("" : "+vr"(u));
        d = __riscv_vwadd_wv_i32m8(d, __riscv_vwmacc_vv_i16m4(__riscv_vwmul_vv_i16m4(u, w, lanes), w, u, lanes), lanes);
        __asm__ volatile("" : "+vr"(u));
    }
    __asm__ volatile("" ::"vr"(c), "vr"(d));
    return iterations * 4 * lanes;
}
#pragma clang attribute pop

static bool available(void) { return cpu_has_vector(); }

KERNEL_TABLE(kernel_rvv, "rvv");
#endif
