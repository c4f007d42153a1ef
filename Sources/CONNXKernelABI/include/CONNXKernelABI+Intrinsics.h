// SPDX-License-Identifier: Apache-2.0
/// One-line wrappers for intrinsics that the compiler's header defines as macros, which Swift cannot see.
#pragma once
#if defined(__x86_64__)
#include <immintrin.h>

#define ONNXLM_INTRINSIC static inline __attribute__((always_inline, target("avx2,fma,f16c")))

ONNXLM_INTRINSIC __m128 onnxlm_mm256_upper_ps(__m256 a) { return _mm256_extractf128_ps(a, 1); }
ONNXLM_INTRINSIC __m128i onnxlm_mm256_upper_si256(__m256i a) { return _mm256_extracti128_si256(a, 1); }
/// Halves `[a.low, b.low]` and `[a.high, b.high]`.
ONNXLM_INTRINSIC __m256 onnxlm_mm256_low_halves_ps(__m256 a, __m256 b) { return _mm256_permute2f128_ps(a, b, 0x20); }
ONNXLM_INTRINSIC __m256 onnxlm_mm256_high_halves_ps(__m256 a, __m256 b) { return _mm256_permute2f128_ps(a, b, 0x31); }
ONNXLM_INTRINSIC __m256 onnxlm_mm256_swap_pairs_ps(__m256 a) { return _mm256_permute_ps(a, 0xB1); }
ONNXLM_INTRINSIC __m256 onnxlm_mm256_duplicate_low_pairs_ps(__m256 a) { return _mm256_shuffle_ps(a, a, 0x44); }
ONNXLM_INTRINSIC __m256 onnxlm_mm256_shuffle_even_ps(__m256 a, __m256 b) { return _mm256_shuffle_ps(a, b, 0x88); }
ONNXLM_INTRINSIC __m256 onnxlm_mm256_shuffle_odd_ps(__m256 a, __m256 b) { return _mm256_shuffle_ps(a, b, 0xDD); }
ONNXLM_INTRINSIC __m256 onnxlm_mm256_round_nearest_ps(__m256 a) {
    return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
ONNXLM_INTRINSIC __m256 onnxlm_mm256_less_ps(__m256 a, __m256 b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
ONNXLM_INTRINSIC __m256 onnxlm_mm256_unordered_ps(__m256 a, __m256 b) { return _mm256_cmp_ps(a, b, _CMP_UNORD_Q); }
ONNXLM_INTRINSIC __m128i onnxlm_mm256_cvtps_ph(__m256 a) { return _mm256_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT); }
ONNXLM_INTRINSIC __m256i onnxlm_mm256_permute4x64_si256_0213(__m256i a) { return _mm256_permute4x64_epi64(a, 0xD8); }

#undef ONNXLM_INTRINSIC
#endif
