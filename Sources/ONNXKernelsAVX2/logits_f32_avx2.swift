// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// The largest element of each block; see `onnxlm_block_maxima_args`.
    @c(onnxlm_block_maxima_f32_avx2)
    package func block_maxima_f32_avx2(_ args: UnsafePointer<onnxlm_block_maxima_args>) {
        let a = args.pointee
        let count = Int(a.count)
        let lowest = splat(-Float.infinity)
        var unordered = _mm256_setzero_ps()
        var maxima = a.maxima
        var start = 0
        while start &+ 64 <= count {
            let x = a.x + start
            var largest = lowest
            var i = 0
            while i < 64 {
                let low = _mm256_loadu_ps(x + i)
                let high = _mm256_loadu_ps(x + (i &+ 8))
                unordered = _mm256_or_ps(unordered, onnxlm_mm256_unordered_ps(low, high))
                largest = _mm256_max_ps(_mm256_max_ps(low, high), largest)
                i &+= 16
            }
            maxima.pointee = laneMaximum(largest)
            maxima += 1
            start &+= 64
        }
        if start < count {
            var largest = lowest
            while start < count {
                let rest = count &- start
                let part = _mm256_blendv_ps(
                    lowest, loadPart(a.x + start, rest), _mm256_castsi256_ps(laneMask(rest)))
                unordered = _mm256_or_ps(unordered, onnxlm_mm256_unordered_ps(part, part))
                largest = _mm256_max_ps(part, largest)
                start &+= 8
            }
            maxima.pointee = laneMaximum(largest)
        }
        a.unordered.pointee = _mm256_movemask_ps(unordered) == 0 ? 0 : 1
    }

    /// A total of exponentials; see `onnxlm_exponential_sum_args`. Adds eight vectors in single precision at a time.
    @c(onnxlm_exponential_sum_f32_avx2)
    package func exponential_sum_f32_avx2(_ args: UnsafePointer<onnxlm_exponential_sum_args>) {
        let a = args.pointee
        let count = Int(a.count)
        let largest = splat(a.largest)
        let exact = a.factor * 1.4426950408889634074
        let rounded = Float(exact)
        let factor = splat(rounded < .infinity ? rounded : .greatestFiniteMagnitude)
        let correction = splat(rounded < .infinity ? Float(exact - Double(rounded)) : 0)
        let threshold = splat(a.threshold)
        var total0 = _mm256_setzero_pd()
        var total1 = _mm256_setzero_pd()
        var start = 0
        while start < count {
            var part = _mm256_setzero_ps()
            let end = start &+ 64 < count ? start &+ 64 : count
            while start &+ 8 <= end {
                let x = _mm256_loadu_ps(a.x + start)
                let e = powerOf2AtMost1(_mm256_sub_ps(x, largest), factor, correction)
                part = _mm256_add_ps(part, _mm256_and_ps(e, onnxlm_mm256_less_ps(x, threshold)))
                start &+= 8
            }
            if start < end {
                let rest = end &- start
                let x = loadPart(a.x + start, rest)
                let e = powerOf2AtMost1(_mm256_sub_ps(x, largest), factor, correction)
                let chosen = _mm256_and_ps(
                    onnxlm_mm256_less_ps(x, threshold), _mm256_castsi256_ps(laneMask(rest)))
                part = _mm256_add_ps(part, _mm256_and_ps(e, chosen))
                start = end
            }
            total0 = _mm256_add_pd(total0, _mm256_cvtps_pd(_mm256_castps256_ps128(part)))
            total1 = _mm256_add_pd(total1, _mm256_cvtps_pd(onnxlm_mm256_upper_ps(part)))
        }
        let total = _mm256_add_pd(total0, total1)
        let pairs = _mm256_hadd_pd(total, total)
        let upper = _mm_castps_pd(onnxlm_mm256_upper_ps(_mm256_castpd_ps(pairs)))
        a.sum.pointee = _mm_cvtsd_f64(_mm_add_sd(_mm256_castpd256_pd128(pairs), upper))
    }

    /// The elements between two bounds; see `onnxlm_select_args`.
    @c(onnxlm_select_f32_avx2)
    package func select_f32_avx2(_ args: UnsafePointer<onnxlm_select_args>) {
        let a = args.pointee
        let count = Int(a.count)
        let lower = splat(a.lower)
        let upper = splat(a.upper)
        var found = 0
        var start = 0
        while start < count {
            let end = start &+ 64 < count ? start &+ 64 : count
            if let maxima = a.maxima, maxima[start >> 6] < a.lower {
                start = end
                continue
            }
            while start < end {
                let rest = end &- start
                let x = loadPart(a.x + start, rest)
                let chosen = _mm256_andnot_ps(onnxlm_mm256_less_ps(x, lower), onnxlm_mm256_less_ps(x, upper))
                var bits = _mm256_movemask_ps(_mm256_and_ps(chosen, _mm256_castsi256_ps(laneMask(rest))))
                while bits != 0 {
                    let place = start &+ bits.trailingZeroBitCount
                    a.values[found] = a.x[place]
                    a.places[found] = Int32(truncatingIfNeeded: place)
                    found &+= 1
                    bits &= bits &- 1
                }
                start &+= 8
            }
            start = end
        }
        a.found.pointee = Int64(found)
    }

    /// 2 to the power of `distance` times a factor in two parts, up to 0; zero below −126. The Taylor series to the
    /// sixth power.
    @inline(__always)
    private func powerOf2AtMost1(_ distance: __m256, _ factor: __m256, _ correction: __m256) -> __m256 {
        let t = _mm256_mul_ps(distance, factor)
        let clamped = _mm256_max_ps(splat(-126), t)
        let n = onnxlm_mm256_round_nearest_ps(clamped)
        let f = _mm256_fmadd_ps(distance, correction, _mm256_sub_ps(clamped, n))
        var p = splat(1.5403530393381608e-4)
        p = _mm256_fmadd_ps(p, f, splat(1.3333558146428443e-3))
        p = _mm256_fmadd_ps(p, f, splat(9.618129107628477e-3))
        p = _mm256_fmadd_ps(p, f, splat(5.550410866482158e-2))
        p = _mm256_fmadd_ps(p, f, splat(0.24022650695910072))
        p = _mm256_fmadd_ps(p, f, splat(0.6931471805599453))
        p = _mm256_fmadd_ps(p, f, splat(1))
        let exponent = _mm256_slli_epi32(_mm256_cvtps_epi32(n), 23)
        let power = _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), exponent))
        return _mm256_and_ps(power, onnxlm_mm256_less_ps(splat(-126), t))
    }
#endif
