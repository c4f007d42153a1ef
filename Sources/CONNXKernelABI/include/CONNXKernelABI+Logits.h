// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Elements of x that share one maximum.
#define ONNXLM_MAXIMA_BLOCK 64

/// Elements beyond those found that `onnxlm_select_args` may write.
#define ONNXLM_SELECT_SLACK 16

/// maxima[b] = the largest of the block b of x, the last block being what is left; `unordered` is set to 1 if x holds
/// a NaN (the maximum of its block is then any element), else to 0.
typedef struct onnxlm_block_maxima_args {
    const float *x;
    float *maxima;
    int64_t count;
    int32_t *unordered;
} onnxlm_block_maxima_args;

/// sum = the total of exp((x[i] - largest) * factor) over the elements below `threshold`, in double precision of
/// exponentials in single precision; the factor is as exact as two floats make it. No x may be NaN; for results that
/// mean something none is above `largest`, and the factor is positive.
typedef struct onnxlm_exponential_sum_args {
    const float *x;
    double *sum;
    int64_t count;
    double factor;
    float largest;
    float threshold;
} onnxlm_exponential_sum_args;

/// The elements with `lower <= x[i] < upper`, in their order: `values` gets them, `places` gets i, `found` their number.
/// Both have room for ONNXLM_SELECT_SLACK more than are found. With `maxima` (of `onnxlm_block_maxima_args`) blocks that
/// lie below `lower` are not read. No x may be NaN.
typedef struct onnxlm_select_args {
    const float *x;
    const float *_Nullable maxima;
    float *values;
    int32_t *places;
    int64_t *found;
    int64_t count;
    float lower;
    float upper;
} onnxlm_select_args;

#pragma clang assume_nonnull end
