// Dispatches a row count to code that knows it: SUMS(R) is a function of exactly R rows.
#define PANEL_SUMS_4                                                                                              \
    LANE void panel_sums(const uint8_t *const *x, int32_t count, const int8_t *w, int32_t k, i32x16 *sums) {      \
        switch (count) {                                                                                          \
        case 1: sums_1(x, w, k, sums); break;                                                                     \
        case 2: sums_2(x, w, k, sums); break;                                                                     \
        case 3: sums_3(x, w, k, sums); break;                                                                     \
        default: sums_4(x, w, k, sums); break;                                                                    \
        }                                                                                                         \
    }
#define PANEL_SUMS_6                                                                                              \
    LANE void panel_sums(const uint8_t *const *x, int32_t count, const int8_t *w, int32_t k, i32x16 *sums) {      \
        switch (count) {                                                                                          \
        case 1: sums_1(x, w, k, sums); break;                                                                     \
        case 2: sums_2(x, w, k, sums); break;                                                                     \
        case 3: sums_3(x, w, k, sums); break;                                                                     \
        case 4: sums_4(x, w, k, sums); break;                                                                     \
        case 5: sums_5(x, w, k, sums); break;                                                                     \
        default: sums_6(x, w, k, sums); break;                                                                    \
        }                                                                                                         \
    }
