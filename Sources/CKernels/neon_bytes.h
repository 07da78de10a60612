// What the three aarch64 kernels share around their tiles. Operands of the multiplies are signed, so their sums are
// of (u - 128) * w; panel_tiles.h adds the rest back.

LANE int32_t dot_bytes(const uint8_t *u, const int8_t *w, int32_t k) {
    int32x4_t sum = vdupq_n_s32(0);
    int32_t i = 0, rest = 0;
    for (; i + 8 <= k; i += 8) {
        int16x8_t x = vreinterpretq_s16_u16(vmovl_u8(vld1_u8(u + i))), y = vmovl_s8(vld1_s8(w + i));
        sum = vmlal_s16(sum, vget_low_s16(x), vget_low_s16(y));
        sum = vmlal_s16(sum, vget_high_s16(x), vget_high_s16(y));
    }
    for (; i < k; i++) rest += u[i] * w[i];
    return vgetq_lane_s32(sum, 0) + vgetq_lane_s32(sum, 1) + vgetq_lane_s32(sum, 2) + vgetq_lane_s32(sum, 3) + rest;
}

LANE int32_t sum_bytes(const int8_t *w, int32_t k) {
    int32_t sum = 0;
    for (int32_t i = 0; i < k; i++) sum += w[i];
    return sum;
}
