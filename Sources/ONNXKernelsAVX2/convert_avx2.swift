// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// float16 to float32, exact.
    @c(onnxlm_convert_f16_f32_avx2)
    package func convert_f16_f32_avx2(_ args: UnsafePointer<onnxlm_convert_args>) {
        let a = args.pointee
        let source = a.source.assumingMemoryBound(to: UInt16.self)
        let target = a.destination.assumingMemoryBound(to: Float.self)
        let count = Int(a.count)
        var i = 0
        while i &+ 8 <= count {
            _mm256_storeu_ps(target + i, _mm256_cvtph_ps(loadWords(source + i)))
            i &+= 8
        }
        while i < count {
            target[i] = _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(Int32(source[i]))))
            i &+= 1
        }
    }

    /// float32 to float16, to nearest even; too large becomes infinite, NaN stays NaN.
    @c(onnxlm_convert_f32_f16_avx2)
    package func convert_f32_f16_avx2(_ args: UnsafePointer<onnxlm_convert_args>) {
        let a = args.pointee
        let source = a.source.assumingMemoryBound(to: Float.self)
        let target = a.destination.assumingMemoryBound(to: UInt16.self)
        let count = Int(a.count)
        var i = 0
        while i &+ 8 <= count {
            storeWords(target + i, onnxlm_mm256_cvtps_ph(_mm256_loadu_ps(source + i)))
            i &+= 8
        }
        while i < count {
            let words = onnxlm_mm256_cvtps_ph(splat(source[i]))
            target[i] = UInt16(truncatingIfNeeded: _mm_cvtsi128_si32(words))
            i &+= 1
        }
    }

    /// bfloat16 to float32, exact.
    @c(onnxlm_convert_bf16_f32_avx2)
    package func convert_bf16_f32_avx2(_ args: UnsafePointer<onnxlm_convert_args>) {
        let a = args.pointee
        let source = a.source.assumingMemoryBound(to: UInt16.self)
        let target = a.destination.assumingMemoryBound(to: UInt32.self)
        let count = Int(a.count)
        var i = 0
        while i &+ 8 <= count {
            let wide = _mm256_slli_epi32(_mm256_cvtepu16_epi32(loadWords(source + i)), 16)
            _mm256_storeu_si256(
                UnsafeMutableRawPointer(target + i).assumingMemoryBound(to: __m256i_u.self), wide)
            i &+= 8
        }
        while i < count {
            target[i] = UInt32(source[i]) << 16
            i &+= 1
        }
    }

    /// float32 to bfloat16, to nearest even; NaN stays NaN.
    @c(onnxlm_convert_f32_bf16_avx2)
    package func convert_f32_bf16_avx2(_ args: UnsafePointer<onnxlm_convert_args>) {
        let a = args.pointee
        let source = a.source.assumingMemoryBound(to: Float.self)
        let target = a.destination.assumingMemoryBound(to: UInt16.self)
        let count = Int(a.count)
        var i = 0
        while i &+ 8 <= count {
            storeWords(target + i, bfloat16Words(_mm256_loadu_ps(source + i)))
            i &+= 8
        }
        while i < count {
            let words = bfloat16Words(splat(source[i]))
            target[i] = UInt16(truncatingIfNeeded: _mm_cvtsi128_si32(words))
            i &+= 1
        }
    }

    @inline(__always)
    func bfloat16Words(_ value: __m256) -> __m128i {
        let bits = _mm256_castps_si256(value)
        let truncated = _mm256_srli_epi32(bits, 16)
        let odd = _mm256_and_si256(truncated, _mm256_set1_epi32(1))
        let bias = _mm256_add_epi32(odd, _mm256_set1_epi32(0x7FFF))
        let rounded = _mm256_srli_epi32(_mm256_add_epi32(bits, bias), 16)
        let quiet = _mm256_or_si256(truncated, _mm256_set1_epi32(0x40))
        let isNaN = _mm256_castps_si256(onnxlm_mm256_unordered_ps(value, value))
        let words = _mm256_blendv_epi8(rounded, quiet, isNaN)
        let packed = onnxlm_mm256_permute4x64_si256_0213(_mm256_packus_epi32(words, words))
        return _mm256_castsi256_si128(packed)
    }

    @inline(__always)
    private func loadWords(_ pointer: UnsafePointer<UInt16>) -> __m128i {
        _mm_loadu_si128(UnsafeRawPointer(pointer).assumingMemoryBound(to: __m128i_u.self))
    }

    @inline(__always)
    private func storeWords(_ pointer: UnsafeMutablePointer<UInt16>, _ value: __m128i) {
        _mm_storeu_si128(UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: __m128i_u.self), value)
    }
#endif
