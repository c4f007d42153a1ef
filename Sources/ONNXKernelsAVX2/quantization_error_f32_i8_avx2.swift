// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// What quantisation to int8 leaves of a row; see `onnxlm_quantization_error_args`. Same bits as the reference.
    @c(onnxlm_quantization_error_f32_i8_avx2)
    package func quantization_error_f32_i8_avx2(_ args: UnsafePointer<onnxlm_quantization_error_args>) {
        let a = args.pointee
        let k = Int(a.k)
        let blockSize = Int(a.block_size)
        let magnitude = _mm256_set1_epi32(0x7FFF_FFFF)
        var start = 0
        while start < k {
            let end = start &+ blockSize
            var largest = _mm256_setzero_si256()
            var i = start
            while i < end {
                let bits = _mm256_castps_si256(_mm256_loadu_ps(a.x + i))
                largest = _mm256_max_epu32(largest, _mm256_and_si256(bits, magnitude))
                i &+= 8
            }
            let (scale, inverse) = blockScale(largestLane(largest))
            let factor = splat(inverse)
            let scales = splat(scale)
            i = start
            while i < end {
                let x = _mm256_loadu_ps(a.x + i)
                let value = _mm256_cvtepi32_ps(_mm256_cvtps_epi32(_mm256_mul_ps(x, factor)))
                let rest = _mm256_fnmadd_ps(value, scales, x)
                _mm256_storeu_ps(a.y + i, inverse != 0 ? rest : x)
                i &+= 8
            }
            start = end
        }
    }
#endif
