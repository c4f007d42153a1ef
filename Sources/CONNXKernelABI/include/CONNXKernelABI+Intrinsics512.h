// SPDX-License-Identifier: Apache-2.0
/// One-line wrappers for the AVX-512 intrinsics that the compiler's header defines as macros, which Swift cannot see.
#pragma once
#if defined(__x86_64__)
#include <immintrin.h>

#define ONNXLM_INTRINSIC \
    static inline __attribute__((always_inline, target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,evex512")))

/// `sum + Σ` of four products of unsigned and signed bytes, in each 32-bit lane.
ONNXLM_INTRINSIC __m256i onnxlm_mm256_dpbusd(__m256i sum, __m256i unsigned_bytes, __m256i signed_bytes) {
    return _mm256_dpbusd_epi32(sum, unsigned_bytes, signed_bytes);
}
/// `sum + Σ` of two products of signed 16-bit numbers, in each 32-bit lane.
ONNXLM_INTRINSIC __m256i onnxlm_mm256_dpwssd(__m256i sum, __m256i a, __m256i b) {
    return _mm256_dpwssd_epi32(sum, a, b);
}
ONNXLM_INTRINSIC __m512i onnxlm_mm512_with_upper_si512(__m512i a, __m256i upper) {
    return _mm512_inserti64x4(a, upper, 1);
}
ONNXLM_INTRINSIC __m512 onnxlm_mm512_with_upper_ps(__m512 a, __m256 upper) {
    return _mm512_insertf32x8(a, upper, 1);
}
ONNXLM_INTRINSIC __m256i onnxlm_mm512_upper_si512(__m512i a) { return _mm512_extracti64x4_epi64(a, 1); }
ONNXLM_INTRINSIC __m256 onnxlm_mm512_upper_ps(__m512 a) { return _mm512_extractf32x8_ps(a, 1); }
ONNXLM_INTRINSIC __m512 onnxlm_mm512_round_nearest_ps(__m512 a) {
    return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
ONNXLM_INTRINSIC __mmask16 onnxlm_mm512_unordered_ps(__m512 a, __m512 b) {
    return _mm512_cmp_ps_mask(a, b, _CMP_UNORD_Q);
}
ONNXLM_INTRINSIC __mmask16 onnxlm_mm512_less_ps(__m512 a, __m512 b) {
    return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
}
ONNXLM_INTRINSIC __mmask8 onnxlm_mm_less_ps(__m128 a, __m128 b) { return _mm_cmp_ps_mask(a, b, _CMP_LT_OQ); }
/// Also where a lane is NaN.
ONNXLM_INTRINSIC __mmask16 onnxlm_mm512_unequal_ps(__m512 a, __m512 b) {
    return _mm512_cmp_ps_mask(a, b, _CMP_NEQ_UQ);
}
/// The lanes among those chosen where a is less than b.
ONNXLM_INTRINSIC __mmask16 onnxlm_mm512_mask_less_ps(__mmask16 chosen, __m512 a, __m512 b) {
    return _mm512_mask_cmp_ps_mask(chosen, a, b, _CMP_LT_OQ);
}
/// x − floor(x); 0 for infinities.
ONNXLM_INTRINSIC __m512 onnxlm_mm512_fraction_ps(__m512 a) {
    return _mm512_reduce_ps(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}
/// Of four groups of four lanes: two of a and two of b, the lower, the upper, the even or the odd ones.
ONNXLM_INTRINSIC __m512 onnxlm_mm512_low_groups_ps(__m512 a, __m512 b) { return _mm512_shuffle_f32x4(a, b, 0x44); }
ONNXLM_INTRINSIC __m512 onnxlm_mm512_high_groups_ps(__m512 a, __m512 b) { return _mm512_shuffle_f32x4(a, b, 0xEE); }
ONNXLM_INTRINSIC __m512 onnxlm_mm512_even_groups_ps(__m512 a, __m512 b) { return _mm512_shuffle_f32x4(a, b, 0x88); }
ONNXLM_INTRINSIC __m512 onnxlm_mm512_odd_groups_ps(__m512 a, __m512 b) { return _mm512_shuffle_f32x4(a, b, 0xDD); }
/// In each group of four lanes: the upper two before the lower two; neighbours exchanged.
ONNXLM_INTRINSIC __m512 onnxlm_mm512_swap_halves_ps(__m512 a) { return _mm512_permute_ps(a, 0x4E); }
ONNXLM_INTRINSIC __m512 onnxlm_mm512_swap_pairs_ps(__m512 a) { return _mm512_permute_ps(a, 0xB1); }
/// One group of four lanes, four times.
ONNXLM_INTRINSIC __m512 onnxlm_mm512_group0_ps(__m512 a) { return _mm512_shuffle_f32x4(a, a, 0x00); }
ONNXLM_INTRINSIC __m512 onnxlm_mm512_group1_ps(__m512 a) { return _mm512_shuffle_f32x4(a, a, 0x55); }
ONNXLM_INTRINSIC __m512 onnxlm_mm512_group2_ps(__m512 a) { return _mm512_shuffle_f32x4(a, a, 0xAA); }
ONNXLM_INTRINSIC __m512 onnxlm_mm512_group3_ps(__m512 a) { return _mm512_shuffle_f32x4(a, a, 0xFF); }
/// Lane i to the whole of group i; and back.
ONNXLM_INTRINSIC __m512 onnxlm_mm512_spread4_ps(__m512 a) {
    return _mm512_permutexvar_ps(_mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3), a);
}
ONNXLM_INTRINSIC __m512 onnxlm_mm512_gather4_ps(__m512 a) {
    return _mm512_permutexvar_ps(_mm512_setr_epi32(0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12), a);
}
/// Of lanes of four rows in turn, 16 in a and 16 in b: those of the first two rows one after the other; of the last two.
ONNXLM_INTRINSIC __m512i onnxlm_mm512_first_rows_epi32(__m512i a, __m512i b) {
    __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
    return _mm512_permutex2var_epi32(a, order, b);
}
ONNXLM_INTRINSIC __m512i onnxlm_mm512_last_rows_epi32(__m512i a, __m512i b) {
    __m512i order = _mm512_setr_epi32(2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
    return _mm512_permutex2var_epi32(a, order, b);
}
ONNXLM_INTRINSIC __mmask32 onnxlm_mm512_equal_epi16(__m512i a, __m512i b) { return _mm512_cmpeq_epi16_mask(a, b); }
/// The upper words of the lanes of a, then those of b.
ONNXLM_INTRINSIC __m512i onnxlm_mm512_upper_words_epi32(__m512i a, __m512i b) {
    __m512i order = _mm512_set_epi16(
        63, 61, 59, 57, 55, 53, 51, 49, 47, 45, 43, 41, 39, 37, 35, 33, 31, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1);
    return _mm512_permutex2var_epi16(a, order, b);
}
/// Lane i to the line of 64 bytes that index i counts from `base` on.
ONNXLM_INTRINSIC void onnxlm_mm512_scatter_lines_epi32(void *base, __m512i lines, __m512i lanes) {
    _mm512_i32scatter_epi32(base, _mm512_slli_epi32(lines, 4), lanes, 4);
}

#undef ONNXLM_INTRINSIC
#endif
