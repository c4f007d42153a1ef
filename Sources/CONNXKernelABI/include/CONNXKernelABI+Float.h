// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdint.h>

#pragma clang assume_nonnull begin

/// C[rows, ≤16] (+)= A[rows, k] B[k, 16] for one tile, in a fixed order: the sum over k starts from zero and goes up by
/// one fused multiply-add each. Callers give chunks of at most 256 inputs and add them up in order.
typedef struct onnxlm_sgemm_tile_args {
    const float *a;
    int64_t a_row_stride;
    /// `[k][16]`, every element readable.
    const float *tile;
    int64_t k;
    int64_t rows;
    float *c;
    int64_t c_row_stride;
    /// Columns that exist, 1...16.
    int64_t columns;
    /// Not 0: the sum is added to C; 0: it replaces C.
    int32_t accumulates;
} onnxlm_sgemm_tile_args;

/// Converts `count` elements; a float32 that float16 or bfloat16 lacks is rounded to nearest even.
typedef struct onnxlm_convert_args {
    const void *source;
    void *destination;
    int64_t count;
} onnxlm_convert_args;

#pragma clang assume_nonnull end
