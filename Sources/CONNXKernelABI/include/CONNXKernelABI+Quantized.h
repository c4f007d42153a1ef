// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdint.h>

#pragma clang assume_nonnull begin

/// How the zero points of a packed matrix are stored: none (half the range), one byte, or one float each.
#define ONNXLM_ZERO_POINT_NONE 0
#define ONNXLM_ZERO_POINT_U8 1
#define ONNXLM_ZERO_POINT_F32 2

/// How the scales of a packed matrix are stored: float32, or float16 (zeros and normal numbers alone).
#define ONNXLM_SCALE_F32 0
#define ONNXLM_SCALE_F16 1

/// The layout of a packed quantised matrix: panels of 8 output columns.
///
/// A panel is a run of records, with nothing between them, so that one row reads a single stream. A unit is 32 inputs
/// of 8 columns. The parameters of a block are 8 scales, then 8 zero points, if there are any.
/// A record is one block (block size 32 and more: `block_size / 32` units, then the parameters)
/// or one unit with two blocks (block size 16: the unit, the parameters of the first, those of the second).
/// Unit of 4 bits, 128 bytes: byte `[g][column][j]`, g and j in 0..<4, holds input `4g + j` in its low nibble and
/// input `16 + 4g + j` in its high one. Unit of 8 bits, 256 bytes: byte `[g][column][j]`, g in 0..<8, holds input
/// `4g + j` as `q - 128`, signed.
/// Inputs beyond K and columns beyond N are present, with scale zero in the columns.
typedef struct onnxlm_panel_layout {
    int32_t bits;
    int32_t block_size;
    int32_t zero_point_kind;
    int32_t scale_type;
    /// Blocks of a column, those added to fill the last unit included.
    int64_t blocks;
    /// Units of a column.
    int64_t units;
    int64_t record_byte_count;
    /// Scales and zero points of a block.
    int64_t parameter_byte_count;
    int64_t panel_byte_stride;
} onnxlm_panel_layout;

/// Quantises `rows` (at most `group_size`) rows to int8, scale = absmax / 127 per block.
///
/// `group_size` is 1 or 4; missing rows of a group and inputs from `k` up to `blocks * block_size` become zeros.
/// values: `[unit][quad 0..<8][row][4]`; scales, sums (of the quantised
/// values) and centres (-8 times the sums, where products of weights with zero point 8 begin): `[block][row]`.
/// A block with a value that is not finite has scale NaN and values zero.
typedef struct onnxlm_quantize_rows_args {
    const float *x;
    int64_t x_row_stride;
    int64_t rows;
    int64_t group_size;
    int64_t k;
    int64_t block_size;
    int64_t blocks;
    int8_t *values;
    float *scales;
    int32_t *sums;
    int32_t *centres;
} onnxlm_quantize_rows_args;

/// What quantisation leaves of a row: `y = fma(-q, scale, x)`, q and scale as `onnxlm_quantize_rows_args` has them.
///
/// `k` is a multiple of `block_size`; y may be x. Of a block with a value that is not finite y is x.
typedef struct onnxlm_quantization_error_args {
    const float *x;
    float *y;
    int64_t k;
    int64_t block_size;
} onnxlm_quantization_error_args;

/// Y = X Wᵀ (+ bias) with int8 activations, for panels `first_panel ..< first_panel + panel_count`.
///
/// Per column and block b, in order from 0: `y = fma(float(Σ a (q - zero)), scale_w[b] * scale_a[b], y)`; then
/// `y + bias`. The sum over a block is exact, so any number of rows gives the same bits.
/// A one-row kernel reads groups of 1 row, a four-row kernel groups of 4 (`row_groups` of them, `rows` rows in all).
typedef struct onnxlm_qmatmul_args {
    float *y;
    int64_t y_row_stride;
    /// Columns of the whole matrix: those at and beyond it are not stored.
    int64_t columns;
    const uint8_t *panels;
    onnxlm_panel_layout layout;
    int64_t first_panel;
    int64_t panel_count;
    const int8_t *values;
    const float *scales;
    const int32_t *sums;
    const int32_t *centres;
    int64_t rows;
    int64_t row_groups;
    /// One float per column, padded to whole panels.
    const float *_Nullable bias;
    /// The values of whole sixteens of the rows once more, as `onnxlm_tile_rows_args` has them; null: as groups alone.
    const int8_t *_Nullable tiles;
    /// The scales of these rows, likewise; there are both or neither.
    const float *_Nullable tile_scales;
    /// Aligned to 64: `ONNXLM_TILE_SCRATCH_BYTES` bytes where there are tiles, `onnxlm_column_scratch_bytes` for kernels that
    /// unpack columns for all rows.
    void *_Nullable scratch;
} onnxlm_qmatmul_args;

enum {
    /// Units of two panels that are unpacked at a time: with the sums they leave room in the first-level cache.
    ONNXLM_TILE_UNITS = 48,
    /// Blocks whose sums lie in memory: they are scaled two blocks behind their products.
    ONNXLM_TILE_BLOCKS = 4,
    /// The shapes of the tiles, sums of 16 rows and columns, scales and weights of 16 columns.
    ONNXLM_TILE_SCRATCH_BYTES = 64 + ONNXLM_TILE_BLOCKS * 1024 + ONNXLM_TILE_UNITS * (64 + 512),
};

enum {
    /// Units of four panels that are unpacked at a time: they leave room in the first-level cache.
    ONNXLM_COLUMN_UNITS = 18,
    /// Blocks of four panels that are unpacked at a time, at most.
    ONNXLM_COLUMN_BLOCKS = 2 * ONNXLM_COLUMN_UNITS,
    /// Panels and groups of rows of a call, at most, and the one times the other: their sums leave room in the second-level
    /// cache.
    ONNXLM_COLUMN_PANELS = 64,
    ONNXLM_COLUMN_GROUPS = 128,
    ONNXLM_COLUMN_SUMS = 2048,
};

/// Scales and zero points of 32 columns, weights of `ONNXLM_COLUMN_UNITS` units or of a larger block, and sums of so many
/// groups of four rows.
static inline int64_t onnxlm_column_scratch_bytes(int64_t block_size, int64_t row_groups) {
    int64_t units = block_size / 32;
    int64_t weights = 1024 * (units > ONNXLM_COLUMN_UNITS ? units : ONNXLM_COLUMN_UNITS);
    int64_t sums = ONNXLM_COLUMN_PANELS * row_groups;
    if (sums > ONNXLM_COLUMN_SUMS) {
        sums = ONNXLM_COLUMN_SUMS;
    }
    return ONNXLM_COLUMN_BLOCKS * 256 + weights + 128 * sums;
}

/// Copies the values of a group of four rows, `[unit][quad][row][4]`, to four rows of tiles, `[unit][row 0..<16][32]`, and
/// their scales, `[block][row]`, to `[block][row 0..<16]`.
typedef struct onnxlm_tile_rows_args {
    const int8_t *values;
    const float *scales;
    int64_t units;
    int64_t blocks;
    /// The first of the four rows in the tile of the first unit.
    int8_t *tiles;
    /// The first of the four rows in the first block.
    float *tile_scales;
} onnxlm_tile_rows_args;

/// Writes a float tile `[input][16]` of two neighbouring panels (the second may be missing: `panel_count` 1, zeros):
/// `(q - zero) * scale`, for `units` units from `first_unit`. `first_unit` starts a block.
typedef struct onnxlm_dequantize_tile_args {
    const uint8_t *panels;
    onnxlm_panel_layout layout;
    int64_t first_panel;
    int64_t panel_count;
    int64_t first_unit;
    int64_t units;
    float *tile;
} onnxlm_dequantize_tile_args;

/// One row times a packed matrix with float activations, in the order of `onnxlm_sgemm_tile_args`:
/// chunks of 256 inputs, each summed from zero by fma in order, chunk sums added in order; then `+ bias`.
typedef struct onnxlm_qgemv_f32_args {
    float *y;
    int64_t columns;
    const uint8_t *panels;
    onnxlm_panel_layout layout;
    int64_t first_panel;
    int64_t panel_count;
    /// `units * 32` floats, zero beyond K.
    const float *x;
    const float *_Nullable bias;
} onnxlm_qgemv_f32_args;

/// Dequantises one row of `[rows, columns]`, values packed low bits first:
/// `y[c] = (q[c] - zero[c / block_size]) * scale[c / block_size]`.
typedef struct onnxlm_dequantize_row_args {
    const uint8_t *values;
    const float *scales;
    /// Packed like the values, for this row alone; null means `default_zero_point`.
    const uint8_t *_Nullable zero_points;
    int32_t bits;
    int32_t default_zero_point;
    /// The values are two's complement (int4, int8).
    int32_t is_signed;
    int64_t block_size;
    int64_t columns;
    float *y;
} onnxlm_dequantize_row_args;

#pragma clang assume_nonnull end
