// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// Root mean square norm of rows, squares added up in double precision; see `onnxlm_norm_args`.
    @c(onnxlm_rms_norm_f32_avx2)
    package func rms_norm_f32_avx2(_ args: UnsafePointer<onnxlm_norm_args>) {
        let a = args.pointee
        let width = Int(a.width)
        var row = 0
        while row < Int(a.rows) {
            let offset = row &* width
            var squares0 = _mm256_setzero_pd()
            var squares1 = _mm256_setzero_pd()
            var i = 0
            while i < width {
                let s = element(a, row, offset, i, width)
                if let sum = a.sum { storePart(sum + (offset &+ i), s, width &- i) }
                let low = _mm256_cvtps_pd(_mm256_castps256_ps128(s))
                let high = _mm256_cvtps_pd(onnxlm_mm256_upper_ps(s))
                squares0 = _mm256_fmadd_pd(low, low, squares0)
                squares1 = _mm256_fmadd_pd(high, high, squares1)
                i &+= 8
            }
            let mean = laneTotal64(_mm256_add_pd(squares0, squares1)) / Double(width)
            let inverse = splat(Float(1 / (mean + Double(a.epsilon)).squareRoot()))
            i = 0
            while i < width {
                let rest = width &- i
                let s = summed(a, row, offset, i, width)
                var y = _mm256_mul_ps(_mm256_mul_ps(s, inverse), loadPart(a.scale + i, rest))
                if let bias = a.bias { y = _mm256_add_ps(y, loadPart(bias + i, rest)) }
                storePart(a.y + (offset &+ i), y, rest)
                i &+= 8
            }
            row &+= 1
        }
    }

    /// Layer norm of rows, in double precision up to the scale; see `onnxlm_norm_args`.
    @c(onnxlm_layer_norm_f32_avx2)
    package func layer_norm_f32_avx2(_ args: UnsafePointer<onnxlm_norm_args>) {
        let a = args.pointee
        let width = Int(a.width)
        var row = 0
        while row < Int(a.rows) {
            let offset = row &* width
            var total0 = _mm256_setzero_pd()
            var total1 = _mm256_setzero_pd()
            var i = 0
            while i < width {
                let s = element(a, row, offset, i, width)
                if let sum = a.sum { storePart(sum + (offset &+ i), s, width &- i) }
                total0 = _mm256_add_pd(total0, _mm256_cvtps_pd(_mm256_castps256_ps128(s)))
                total1 = _mm256_add_pd(total1, _mm256_cvtps_pd(onnxlm_mm256_upper_ps(s)))
                i &+= 8
            }
            let mean = _mm256_set1_pd(laneTotal64(_mm256_add_pd(total0, total1)) / Double(width))
            var squares0 = _mm256_setzero_pd()
            var squares1 = _mm256_setzero_pd()
            i = 0
            while i < width {
                let mask = laneMask(width &- i)
                let s = summed(a, row, offset, i, width)
                let lowMask = _mm256_castsi256_pd(_mm256_cvtepi32_epi64(_mm256_castsi256_si128(mask)))
                let highMask = _mm256_castsi256_pd(_mm256_cvtepi32_epi64(onnxlm_mm256_upper_si256(mask)))
                let low = _mm256_sub_pd(_mm256_cvtps_pd(_mm256_castps256_ps128(s)), mean)
                let high = _mm256_sub_pd(_mm256_cvtps_pd(onnxlm_mm256_upper_ps(s)), mean)
                squares0 = _mm256_fmadd_pd(low, _mm256_and_pd(low, lowMask), squares0)
                squares1 = _mm256_fmadd_pd(high, _mm256_and_pd(high, highMask), squares1)
                i &+= 8
            }
            let variance = laneTotal64(_mm256_add_pd(squares0, squares1)) / Double(width)
            let inverse = _mm256_set1_pd(1 / (variance + Double(a.epsilon)).squareRoot())
            i = 0
            while i < width {
                let rest = width &- i
                let s = summed(a, row, offset, i, width)
                let low = _mm256_sub_pd(_mm256_cvtps_pd(_mm256_castps256_ps128(s)), mean)
                let high = _mm256_sub_pd(_mm256_cvtps_pd(onnxlm_mm256_upper_ps(s)), mean)
                let scaledLow = _mm256_cvtpd_ps(_mm256_mul_pd(low, inverse))
                let scaledHigh = _mm256_cvtpd_ps(_mm256_mul_pd(high, inverse))
                var y = _mm256_mul_ps(_mm256_set_m128(scaledHigh, scaledLow), loadPart(a.scale + i, rest))
                if let bias = a.bias { y = _mm256_add_ps(y, loadPart(bias + i, rest)) }
                storePart(a.y + (offset &+ i), y, rest)
                i &+= 8
            }
            row &+= 1
        }
    }

    /// Eight elements of a row with what is added before the norm.
    @inline(__always)
    private func element(_ a: onnxlm_norm_args, _ row: Int, _ offset: Int, _ i: Int, _ width: Int) -> __m256 {
        let rest = width &- i
        var s = loadPart(a.x + (offset &+ i), rest)
        if let skip = a.skip {
            let skipOffset = row &* Int(a.skip_row_stride) &* width
            s = _mm256_add_ps(s, loadPart(skip + (skipOffset &+ i), rest))
        }
        if let bias = a.skip_bias { s = _mm256_add_ps(s, loadPart(bias + i, rest)) }
        return s
    }

    /// The same after the first pass, which may have overwritten x or skip with the sum.
    @inline(__always)
    private func summed(_ a: onnxlm_norm_args, _ row: Int, _ offset: Int, _ i: Int, _ width: Int) -> __m256 {
        if let sum = a.sum { return loadPart(UnsafePointer(sum) + (offset &+ i), width &- i) }
        return element(a, row, offset, i, width)
    }

    @inline(__always)
    private func laneTotal64(_ value: __m256d) -> Double {
        let upper = _mm256_castps_pd(
            onnxlm_mm256_high_halves_ps(_mm256_castpd_ps(value), _mm256_castpd_ps(value)))
        let two = _mm_add_pd(_mm256_castpd256_pd128(value), _mm256_castpd256_pd128(upper))
        return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
    }
#endif
