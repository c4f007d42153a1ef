// SPDX-License-Identifier: Apache-2.0
/// One-line wrappers for the AMX intrinsics, which the compiler's header defines as macros over the numbers of tiles.
///
/// Tile 0 is sums, 16 rows of 16 numbers; 1 activations, 16 rows of 32 bytes; 2 weights, 8 rows of 16 columns of 4 bytes. The
/// processor renames tiles, so a product does not wait for the one before.
#pragma once
#if defined(__x86_64__)
#include <immintrin.h>

#define ONNXLM_INTRINSIC static inline __attribute__((always_inline, target("amx-tile,amx-int8")))

/// Sets the shapes of all tiles, which 64 bytes describe.
ONNXLM_INTRINSIC void onnxlm_tiles_configure(const void *shapes) { _tile_loadconfig(shapes); }
/// Gives the tiles back; switches between threads then save and restore none.
ONNXLM_INTRINSIC void onnxlm_tiles_release(void) { _tile_release(); }

ONNXLM_INTRINSIC void onnxlm_tile_zero(void) { _tile_zero(0); }
/// Adds the products of 32 signed bytes of each row with those of each column.
ONNXLM_INTRINSIC void onnxlm_tile_add(const void *rows, const void *columns) {
    _tile_loadd(1, rows, 32);
    _tile_loadd(2, columns, 64);
    _tile_dpbssd(0, 1, 2);
}
/// Stores the sums, 64 bytes a row.
ONNXLM_INTRINSIC void onnxlm_tile_store(void *sums) { _tile_stored(0, sums, 64); }

#undef ONNXLM_INTRINSIC
#endif
