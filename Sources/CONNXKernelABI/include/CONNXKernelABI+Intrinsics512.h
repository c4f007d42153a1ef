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

#undef ONNXLM_INTRINSIC
#endif
