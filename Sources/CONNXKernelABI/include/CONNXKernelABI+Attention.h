// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Element types of a key/value cache.
#define ONNXLM_CACHE_F32 0
#define ONNXLM_CACHE_F16 1
/// With one float32 scale for each row.
#define ONNXLM_CACHE_I8 2
/// With one float32 scale for each row; neighbours lie in pairs, as instructions that multiply pairs take them. Element
/// e of position p lies, in a panel of keys, at `[e / 2 * 2 * ONNXLM_CACHE_PANEL + p % ONNXLM_CACHE_PANEL * 2 + e % 2]`
/// (the last of an odd number of elements as in other types), among values at `[p / 2][e][p % 2]`.
#define ONNXLM_CACHE_I16 3
/// Without scales; neighbours lie in the same pairs.
#define ONNXLM_CACHE_BF16 4

/// The largest codes of int16 keys and values. Every sum of products with codes of queries and weights fits 32 bits:
/// those of a query add up to less than `(2^31 - 1) / ONNXLM_CACHE_I16_KEY`, and those of weights are no more than
/// `2^ONNXLM_CACHE_I16_WEIGHT_BITS`.
#define ONNXLM_CACHE_I16_KEY 16383
#define ONNXLM_CACHE_I16_VALUE 4095
#define ONNXLM_CACHE_I16_WEIGHT_BITS 13

/// Keys that one step of the running softmax takes.
#define ONNXLM_ATTENTION_BLOCK 64

/// Positions of a panel of keys: element e of the panel's position p lies at `[e * ONNXLM_CACHE_PANEL + p]`.
#define ONNXLM_CACHE_PANEL 16

/// Attention of a tile of query rows over a range of keys of one key/value head; fills one state per row.
///
/// Row r is query position `r / heads`, head `r % heads`. A row at absolute position p sees key j if
/// `first_key <= j < last_key`, `j <= p` when causal, and `j > p - window` when window is positive.
/// score = softcap(dot(q, k) * scale) + bias; the product adds up the head's elements in their order, by fused
/// multiply-add from zero. The state is the running softmax over blocks of 64 keys (`first_key` is a multiple of
/// 64), in order: maximum, sum of exponentials, values weighted by them.
/// A row that sees nothing has maximum −infinity, sum 0 and output 0.
///
/// Over int16 a level may round queries to 16 bits with a scale for each row, and the weights of each block, times the
/// values' scales, to codes up to `2^ONNXLM_CACHE_I16_WEIGHT_BITS` with a scale for each row and block; sums are exact
/// then. Its maxima may be those of scores plus the logarithms of the values' scales: any number near will do. Over bfloat16 it may
/// round queries and weights to bfloat16; its maxima may then be less by 8 · ln 2 at most.
typedef struct onnxlm_attention_args {
    const float *query;
    int64_t query_position_stride;
    int64_t query_head_stride;
    /// Keys and values from position `first_key` on. Of panels, whole blocks may be read; of rows, those that are seen.
    const void *keys;
    const void *values;
    /// Keys that are read next, behind these; few rows may ask for them.
    const void *_Nullable next_keys;
    /// For int8 and int16: a factor for each position, from `first_key` on.
    const float *_Nullable key_scales;
    const float *_Nullable value_scales;
    /// 0: keys lie in panels, as int16 and bfloat16 ones always do.
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
    /// `[row][head_size]`, rows rounded up to 16.
    float *outputs;
    /// `rows * (ONNXLM_ATTENTION_BLOCK + 1)` floats, rows rounded up to 16, 64-byte aligned.
    float *scores;
    /// `onnxlm_attention_block_floats` of the rows, 64-byte aligned.
    float *block;
} onnxlm_attention_args;

/// Floats that `onnxlm_attention_args.block` has: a block of keys and of values in float32; or, over int16, the codes of all rows
/// and what belongs to them, a block of keys or values in bytes, four products of tiles and their shapes; or, over bfloat16, the
/// rounded queries, a block of values, what belongs to four sixteens of rows, and shapes.
static inline int64_t onnxlm_attention_block_floats(int64_t rows, int64_t head_size) {
    const int64_t whole_rows = (rows + 15) / 16 * 16;
    const int64_t codes = (head_size + 63) / 64 * 64;
    const int64_t widened = 2 * ONNXLM_ATTENTION_BLOCK * ((head_size + 31) / 32 * 32);
    const int64_t coded = whole_rows * (codes / 2 + 21) + 128 + 32 * codes + 4 * 1024 + 80;
    return widened > coded ? widened : coded;
}

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

/// Writes rows of float32 to positions `first ..< first + rows` of one head of a cache.
///
/// float16 rounds to nearest even. int8: scale = max |x| / 127 (1 for a row of zeros), code = round(x / scale) to
/// nearest even; a row with a NaN or an infinity gets the scale NaN and codes 1, so that every product is NaN. int16 is
/// the same with `ONNXLM_CACHE_I16_KEY` in panels, else `ONNXLM_CACHE_I16_VALUE`, in place of 127. bfloat16 rounds to nearest even;
/// NaN stays NaN.
typedef struct onnxlm_cache_rows_args {
    const float *x;
    int64_t x_row_stride;
    int64_t rows;
    int64_t head_size;
    /// Position 0 of the head.
    void *y;
    float *_Nullable scales;
    int64_t first;
    int32_t cache_type;
    /// Whether the head's positions lie in panels.
    int32_t panels;
} onnxlm_cache_rows_args;

#pragma clang assume_nonnull end
