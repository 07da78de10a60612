#pragma STDC FP_CONTRACT OFF
#include "ckernels.h"

void kernel_column_sums(const int8_t *panels, int32_t n, int32_t k, int32_t *sums) {
    for (int32_t panel = 0; panel < n / 16; panel++, sums += 16) {
        int32_t sum[16] = {0};
        for (int32_t group = 0; group < k / 4; group++, panels += 64)
            for (int channel = 0; channel < 16; channel++) {
                const int8_t *w = panels + 4 * channel;
                sum[channel] += w[0] + w[1] + w[2] + w[3];
            }
        for (int channel = 0; channel < 16; channel++) sums[channel] = sum[channel];
    }
}
