// SPDX-License-Identifier: Apache-2.0
/// One-line wrappers for the AMX intrinsics, which the compiler's header defines as macros over the numbers of tiles.
///
/// Tile 0 is sums, 16 rows of 16 numbers; 1 activations, 16 rows of 32 bytes; 2 weights, 8 rows of 16 columns of 4 bytes. Of
/// words, tiles 0 to 2 are sums, 3 and 4 rows, 5 and 6 columns, of 64 bytes each; of bfloat16, 0 to 3 scores, 4 rows, 5 columns, 6
/// and 7 outputs.
/// The processor renames tiles, so a product does not wait for the one before.
#pragma once
#if defined(__x86_64__)
#include <immintrin.h>

#define ONNXLM_INTRINSIC static inline __attribute__((always_inline, target("amx-tile,amx-int8,amx-bf16")))

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

/// The same pointer, of which the compiler forgets how it came about: it then reads `[pointer + constant]`, one step of the
/// processor, where it would prefer `[base + index + constant]`, which takes two.
ONNXLM_INTRINSIC const void *onnxlm_plain_pointer(const void *pointer) {
    __asm__("" : "+r"(pointer));
    return pointer;
}

ONNXLM_INTRINSIC void onnxlm_word_tiles_zero(void) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
}
/// Adds the products of 64 words of each row with those of each column: those of lower bytes, of lower with upper ones, and of
/// upper ones, which are signed. A row has 64 lower and 64 upper bytes; columns have 1,024 and 1,024.
ONNXLM_INTRINSIC void onnxlm_word_tiles_add(const void *rows, long row_stride, const void *columns) {
    _tile_loadd(3, rows, row_stride);
    _tile_loadd(4, (const char *)rows + 64, row_stride);
    _tile_loadd(5, columns, 64);
    _tile_loadd(6, (const char *)columns + 1024, 64);
    _tile_dpbuud(0, 3, 5);
    _tile_dpbusd(1, 3, 6);
    _tile_dpbssd(2, 4, 6);
    _tile_dpbsud(1, 4, 5);
}
/// Stores the three sums, 1,024 bytes each.
ONNXLM_INTRINSIC void onnxlm_word_tiles_store(void *sums) {
    _tile_stored(0, sums, 64);
    _tile_stored(1, (char *)sums + 1024, 64);
    _tile_stored(2, (char *)sums + 2048, 64);
}

/// From here on numbers below the normal ones are zeros, as operands and as results, as tiles take them. Gives what
/// `onnxlm_restore_denormals` needs.
ONNXLM_INTRINSIC unsigned onnxlm_flush_denormals(void) {
    const unsigned control = _mm_getcsr();
    _mm_setcsr(control | 0x8040);
    return control;
}
ONNXLM_INTRINSIC void onnxlm_restore_denormals(unsigned control) { _mm_setcsr(control); }

/// Loads 32 bfloat16 of each of sixteen rows, to be multiplied.
ONNXLM_INTRINSIC void onnxlm_rounded_rows_load(const void *rows, long stride) { _tile_loadd(4, rows, stride); }

/// The products of sixteen rows with the keys of a panel, 0 or 2, and of the next one begin with zeros.
ONNXLM_INTRINSIC void onnxlm_score_tiles_zero(int panel) {
    if (panel == 0) {
        _tile_zero(0);
        _tile_zero(1);
    } else {
        _tile_zero(2);
        _tile_zero(3);
    }
}
/// Adds the products of the loaded rows with 32 elements of the keys of a panel of the four of a block.
ONNXLM_INTRINSIC void onnxlm_score_tile_add(int panel, const void *keys) {
    _tile_loadd(5, keys, 64);
    switch (panel) {
    case 0: _tile_dpbf16ps(0, 4, 5); break;
    case 1: _tile_dpbf16ps(1, 4, 5); break;
    case 2: _tile_dpbf16ps(2, 4, 5); break;
    default: _tile_dpbf16ps(3, 4, 5);
    }
}
/// Stores the products with four panels.
ONNXLM_INTRINSIC void onnxlm_score_tiles_store(void *scores) {
    _tile_stored(0, scores, 256);
    _tile_stored(1, (char *)scores + 64, 256);
    _tile_stored(2, (char *)scores + 128, 256);
    _tile_stored(3, (char *)scores + 192, 256);
}

/// 32 outputs of sixteen rows.
ONNXLM_INTRINSIC void onnxlm_output_tiles_load(const void *outputs, long stride) {
    _tile_loadd(6, outputs, stride);
    _tile_loadd(7, (const char *)outputs + 64, stride);
}
/// Adds 32 values, each times the loaded weights, to the first or the second sixteen outputs.
ONNXLM_INTRINSIC void onnxlm_output_tile_add(int half, const void *values, long stride) {
    _tile_loadd(5, values, stride);
    if (half == 0) {
        _tile_dpbf16ps(6, 4, 5);
    } else {
        _tile_dpbf16ps(7, 4, 5);
    }
}
ONNXLM_INTRINSIC void onnxlm_output_tiles_store(void *outputs, long stride) {
    _tile_stored(6, outputs, stride);
    _tile_stored(7, (char *)outputs + 64, stride);
}

#undef ONNXLM_INTRINSIC
#endif
