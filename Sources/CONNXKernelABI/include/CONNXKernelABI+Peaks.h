// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Multiplies and adds in registers for `rounds` rounds, touching no memory: how many multiply-adds it took is written
/// to `multiply_adds`, and some number that depends on all of them to `sum`.
typedef struct onnxlm_multiply_adds_args {
    int64_t rounds;
    int64_t *multiply_adds;
    float *sum;
} onnxlm_multiply_adds_args;

#pragma clang assume_nonnull end
