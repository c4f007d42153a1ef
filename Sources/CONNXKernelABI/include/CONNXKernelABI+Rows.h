// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Normalises `rows` contiguous rows of `width`.
///
/// With `skip`: s = x + skip (+ skip_bias), else s = x. `sum`, if present, receives s. Root mean square:
/// `s / sqrt(mean(s²) + epsilon) * scale (+ bias)`; layer norm subtracts the mean first.
/// y and sum may be x or skip; y must not be sum.
typedef struct onnxlm_norm_args {
    const float *x;
    const float *_Nullable skip;
    /// 1: skip has as many rows as x; 0: its one row serves all.
    int64_t skip_row_stride;
    const float *_Nullable skip_bias;
    const float *scale;
    const float *_Nullable bias;
    float *y;
    float *_Nullable sum;
    int64_t rows;
    int64_t width;
    float epsilon;
} onnxlm_norm_args;

/// y[i] = f(x[i]); y may be x.
typedef struct onnxlm_unary_args {
    const float *x;
    float *y;
    int64_t count;
    /// A parameter of some functions (the factor of quick GELU).
    float parameter;
} onnxlm_unary_args;

/// y[i] = f(a[i], b[i]); y may be a or b.
typedef struct onnxlm_binary_args {
    const float *a;
    const float *b;
    float *y;
    int64_t count;
} onnxlm_binary_args;

/// Softmax of `rows` contiguous rows. A row of −infinity alone gives zeros; a NaN makes its row NaN. y may be x.
typedef struct onnxlm_softmax_args {
    const float *x;
    float *y;
    int64_t rows;
    int64_t width;
} onnxlm_softmax_args;

/// Rotates the first `rotary_size` elements of one row of `head_size`, copies the others. y may be x.
///
/// Half-split: element i goes with i + rotary_size / 2; interleaved: 2j with 2j + 1.
/// `cos` and `sin` are the cache's row for this position, rotary_size / 2 each.
typedef struct onnxlm_rotary_args {
    const float *x;
    float *y;
    const float *cos;
    const float *sin;
    int64_t heads;
    int64_t x_head_stride;
    int64_t y_head_stride;
    int64_t head_size;
    int64_t rotary_size;
    int32_t interleaved;
} onnxlm_rotary_args;

#pragma clang assume_nonnull end
