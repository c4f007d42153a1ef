// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Elements of x that share one maximum.
#define ONNXLM_MAXIMA_BLOCK 64

/// maxima[b] = the largest of the block b of x, the last block being what is left; `unordered` is set to 1 if x holds
/// a NaN (the maximum of its block is then any element), else to 0.
typedef struct onnxlm_block_maxima_args {
    const float *x;
    float *maxima;
    int64_t count;
    int32_t *unordered;
} onnxlm_block_maxima_args;

/// sum = the total of exp((x[i] - largest) * factor) over the elements below `threshold`, in double precision of
/// exponentials in single precision. No x may be NaN; for results that mean something none is above `largest`, and the
/// factor is positive.
typedef struct onnxlm_exponential_sum_args {
    const float *x;
    double *sum;
    int64_t count;
    float largest;
    float factor;
    float threshold;
} onnxlm_exponential_sum_args;

#pragma clang assume_nonnull end
