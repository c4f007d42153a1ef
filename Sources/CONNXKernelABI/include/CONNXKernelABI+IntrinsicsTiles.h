// SPDX-License-Identifier: Apache-2.0
/// One-line wrappers for the AMX intrinsics, which the compiler's header defines as macros over the numbers of tiles.
///
/// Tile 0 is sums, 16 rows of 16 numbers; 1 activations, 16 rows of 32 bytes; 2 weights, 8 rows of 16 columns of 4 bytes. Of
/// words, tiles 0 to 2 are sums, 3 and 4 rows, 5 and 6 columns, of 64 bytes each; of bfloat16, 0 to 3 sums, 4 rows, 5 and 6 columns.
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

ONNXLM_INTRINSIC void onnxlm_two_rounded_tiles_load(const void *sums, long stride) {
    _tile_loadd(0, sums, stride);
    _tile_loadd(1, (const char *)sums + 64, stride);
}
/// Adds the products of 32 bfloat16 of each row with those of each column, two tiles of them `tile_stride` bytes apart.
ONNXLM_INTRINSIC void onnxlm_two_rounded_tiles_add(
    const void *rows, long row_stride, const void *columns, long column_stride, long tile_stride) {
    _tile_loadd(4, rows, row_stride);
    _tile_loadd(5, columns, column_stride);
    _tile_dpbf16ps(0, 4, 5);
    _tile_loadd(6, (const char *)columns + tile_stride, column_stride);
    _tile_dpbf16ps(1, 4, 6);
}
ONNXLM_INTRINSIC void onnxlm_two_rounded_tiles_store(void *sums, long stride) {
    _tile_stored(0, sums, stride);
    _tile_stored(1, (char *)sums + 64, stride);
}

/// The same of four tiles.
ONNXLM_INTRINSIC void onnxlm_rounded_tiles_zero(void) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
}
ONNXLM_INTRINSIC void onnxlm_rounded_tiles_load(const void *sums, long stride) {
    onnxlm_two_rounded_tiles_load(sums, stride);
    _tile_loadd(2, (const char *)sums + 128, stride);
    _tile_loadd(3, (const char *)sums + 192, stride);
}
ONNXLM_INTRINSIC void onnxlm_rounded_tiles_add(
    const void *rows, long row_stride, const void *columns, long column_stride, long tile_stride) {
    onnxlm_two_rounded_tiles_add(rows, row_stride, columns, column_stride, tile_stride);
    _tile_loadd(5, (const char *)columns + 2 * tile_stride, column_stride);
    _tile_dpbf16ps(2, 4, 5);
    _tile_loadd(6, (const char *)columns + 3 * tile_stride, column_stride);
    _tile_dpbf16ps(3, 4, 6);
}
ONNXLM_INTRINSIC void onnxlm_rounded_tiles_store(void *sums, long stride) {
    onnxlm_two_rounded_tiles_store(sums, stride);
    _tile_stored(2, (char *)sums + 128, stride);
    _tile_stored(3, (char *)sums + 192, stride);
}

#undef ONNXLM_INTRINSIC
#endif
