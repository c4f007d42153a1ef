// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Element types of a key/value cache.
#define ONNXLM_CACHE_F32 0
#define ONNXLM_CACHE_F16 1

/// Keys that one step of the running softmax takes.
#define ONNXLM_ATTENTION_BLOCK 64

/// Attention of a tile of query rows over a range of keys of one key/value head; fills one state per row.
///
/// Row r is query position `r / heads`, head `r % heads`. A row at absolute position p sees key j if
/// `first_key <= j < last_key`, `j <= p` when causal, and `j > p - window` when window is positive.
/// score = softcap(dot(q, k) * scale) + bias. The state is the running softmax over blocks of 64 keys
/// (`first_key` is a multiple of 64), in order: maximum, sum of exponentials, values weighted by them.
/// A row that sees nothing has maximum −infinity, sum 0 and output 0.
typedef struct onnxlm_attention_args {
    const float *query;
    int64_t query_position_stride;
    int64_t query_head_stride;
    const void *keys;
    const void *values;
    int64_t key_row_stride;
    int64_t value_row_stride;
    int32_t cache_type;
    int32_t causal;
    int64_t first_position;
    int64_t positions;
    int64_t heads;
    int64_t head_size;
    int64_t first_key;
    int64_t last_key;
    int64_t window;
    float scale;
    float softcap;
    /// Element `[head * bias_head_stride + position * bias_position_stride + key]`.
    const float *_Nullable bias;
    int64_t bias_head_stride;
    int64_t bias_position_stride;
    float *maxima;
    float *sums;
    /// `[row][head_size]`.
    float *outputs;
    /// `ONNXLM_ATTENTION_BLOCK * 4` floats.
    float *scores;
} onnxlm_attention_args;

/// Merges the state of a later range of keys into that of the earlier ones.
typedef struct onnxlm_attention_merge_args {
    float *maxima;
    float *sums;
    float *outputs;
    const float *later_maxima;
    const float *later_sums;
    const float *later_outputs;
    int64_t rows;
    int64_t head_size;
} onnxlm_attention_merge_args;

/// Divides outputs by sums; rows whose sum is 0 become zeros. Row r goes to
/// `y[(r / heads) * y_position_stride + (r % heads) * y_head_stride]`.
typedef struct onnxlm_attention_finish_args {
    const float *sums;
    const float *outputs;
    int64_t positions;
    int64_t heads;
    int64_t head_size;
    float *y;
    int64_t y_position_stride;
    int64_t y_head_stride;
} onnxlm_attention_finish_args;

#pragma clang assume_nonnull end
