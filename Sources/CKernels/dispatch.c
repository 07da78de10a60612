#pragma STDC FP_CONTRACT OFF
#include "ckernels.h"
#include "head.h"
#include "signs.h"
#include <string.h>

extern const kernel_table kernel_scalar;
#if defined(__x86_64__)
extern const kernel_table kernel_avx512vnni, kernel_avxvnni, kernel_avxvnni_evex, kernel_avx2;
#elif defined(__aarch64__)
extern const kernel_table kernel_smmla, kernel_sdot, kernel_neon;
#elif defined(__ARM_NEON)
extern const kernel_table kernel_neon;
#endif

static const kernel_table *const tables[] = {
#if defined(__x86_64__)
    &kernel_avx512vnni, &kernel_avxvnni, &kernel_avx2,
#elif defined(__aarch64__)
    &kernel_smmla, &kernel_sdot, &kernel_neon,
#elif defined(__ARM_NEON)
    &kernel_neon,
#endif
    &kernel_scalar,
};

int kernel_count(void) { return (int)(sizeof tables / sizeof *tables); }

const kernel_table *kernel_at(int index) {
    if (index < 0 || index >= kernel_count()) return NULL;
#if defined(__x86_64__)
    // The same 256-bit code in the encoding that CPUs with AVX-512 but without AVX-VNNI understand.
    if (tables[index] == &kernel_avxvnni && !kernel_avxvnni.available()) return &kernel_avxvnni_evex;
#endif
    return tables[index];
}

const kernel_table *kernel_named(const char *name) {
    for (int i = 0; i < kernel_count(); i++)
        if (strcmp(tables[i]->name, name) == 0) return kernel_at(i);
    return NULL;
}

const kernel_table *kernel_best(void) {
    for (int i = 0; i < kernel_count(); i++)
        if (kernel_at(i)->available()) return kernel_at(i);
    return &kernel_scalar;
}

// One bit of a fixed integer hash per channel (a finalizer of MurmurHash3): signs that no layer can be in step with.
bool kernel_sign(int32_t channel) {
    uint32_t x = (uint32_t)(channel & 1023) + 1;
    x ^= x >> 16;
    x *= 0x85EBCA6Bu;
    x ^= x >> 13;
    x *= 0xC2B2AE35u;
    x ^= x >> 16;
    return x & 1;
}

int32_t kernel_rotation_width(int32_t k) { return (k + 63) / 64 * 64; }

int32_t kernel_rotation_block(int32_t k) {
    int32_t width = kernel_rotation_width(k), block = width & -width;
    return block > 1024 ? 1024 : block;
}

static size_t round_up(size_t bytes) { return (bytes + 63) & ~(size_t)63; }

// Filled before main, so that kernels need no check.
uint32_t kernel_sign_masks[1024];
__attribute__((constructor)) static void fill_sign_masks(void) {
    for (int32_t i = 0; i < 1024; i++) kernel_sign_masks[i] = kernel_sign(i) ? 0x80000000u : 0;
}

size_t kernel_head_bytes(int32_t length, int32_t size, int32_t planes, int32_t weight_planes) {
    (void)weight_planes;
    size_t s = (size_t)(length + 15) / 16 * 16, d = (size_t)(size + 15) / 16 * 16, p = (size_t)planes;
    return p * (3 * round_up(s * d) + round_up(s * 4) + round_up(d * 4)) + round_up(s * 4) * 2 + round_up(d * 4) + round_up(8 * (s + d) * 4)
        + round_up(2 * 8 * s);
}

void kernel_head_place(kernel_head *head, void *memory, int32_t length, int32_t size, int32_t planes,
                       int32_t weight_planes) {
    size_t s = (size_t)(length + 15) / 16 * 16, d = (size_t)(size + 15) / 16 * 16;
    char *at = memory;
    *head = (kernel_head){
        .length = length, .length_padded = (int32_t)s, .size = size, .size_padded = (int32_t)d,
        .planes = planes, .weight_planes = weight_planes,
    };
    for (int32_t p = 0; p < planes; p++) {
        head->query[p] = (uint8_t *)at; at += round_up(s * d);
        head->key[p] = (int8_t *)at; at += round_up(s * d);
        head->value[p] = (int8_t *)at; at += round_up(s * d);
        head->key_sum[p] = (int32_t *)at; at += round_up(s * 4);
        head->value_sum[p] = (int32_t *)at; at += round_up(d * 4);
    }
    head->query_scale = (float *)at; at += round_up(s * 4);
    head->key_scale = (float *)at; at += round_up(s * 4);
    head->value_scale = (float *)at; at += round_up(d * 4);
    head->scores = (float *)at; at += round_up(8 * (s + d) * 4);
    head->weights = (uint8_t *)at;
}
