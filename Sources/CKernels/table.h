// How a kernel makes its table known: see include/kernel_table.h.
#pragma once
#include "cpu.h"
#include "kernel_table.h"

/// The table, from functions of these names.
#define KERNEL_TABLE(SYMBOL, NAME)    \
    const kernel_table SYMBOL = {     \
        .name = NAME,                 \
        .available = available,       \
        .quantize = quantize,         \
        .matmul = matmul,             \
        .add_plane = add_plane,       \
        .add_norm = add_norm,         \
        .pack_head = pack_head,       \
        .attend = attend,             \
        .embed = embed,               \
        .tanh = hyperbolic_tangent,   \
        .softmax = softmax,           \
        .matmul_table = matmul_table, \
        .matmul_f32 = matmul_f32,     \
        .attend_f32 = attend_f32,     \
        .peak = peak,                 \
    }
