// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// The largest element of each block, four blocks at a time; see `onnxlm_block_maxima_args`.
    @c(onnxlm_block_maxima_f32_avx512vnni)
    package func block_maxima_f32_avx512vnni(_ args: UnsafePointer<onnxlm_block_maxima_args>) {
        let a = args.pointee
        let count = Int(a.count)
        var unordered: UInt16 = 0
        var maxima = a.maxima
        var start = 0
        while start &+ 256 <= count {
            let x = a.x + start
            let b0 = largestOf64(x, &unordered)
            let b1 = largestOf64(x + 64, &unordered)
            let b2 = largestOf64(x + 128, &unordered)
            let b3 = largestOf64(x + 192, &unordered)
            let all = onnxlm_mm512_gather4_ps(groupMaxima(b0, b1, b2, b3))
            _mm_storeu_ps(maxima, _mm512_castps512_ps128(all))
            maxima += 4
            start &+= 256
        }
        while start < count {
            let end = start &+ 64 < count ? start &+ 64 : count
            var largest = splat(-.infinity)
            while start < end {
                let lanes = firstLanes(end &- start)
                let part = _mm512_mask_loadu_ps(splat(-.infinity), lanes, a.x + start)
                unordered |= onnxlm_mm512_unordered_ps(part, part)
                largest = _mm512_max_ps(part, largest)
                start &+= 16
            }
            start = end
            maxima.pointee = _mm512_reduce_max_ps(largest)
            maxima += 1
        }
        a.unordered.pointee = unordered == 0 ? 0 : 1
    }

    /// A total of exponentials; see `onnxlm_exponential_sum_args`. Adds eight vectors in single precision at a time.
    @c(onnxlm_exponential_sum_f32_avx512vnni)
    package func exponential_sum_f32_avx512vnni(_ args: UnsafePointer<onnxlm_exponential_sum_args>) {
        let a = args.pointee
        let count = Int(a.count)
        let power = PowerOf2(largest: a.largest, factor: a.factor)
        let threshold = splat(a.threshold)
        var total = _mm512_setzero_pd()
        var start = 0
        while start < count {
            var part = _mm512_setzero_ps()
            if start &+ 128 <= count {
                let end = start &+ 128
                while start < end {
                    let x = _mm512_loadu_ps(a.x + start)
                    part = power.adding(to: part, x, onnxlm_mm512_less_ps(x, threshold))
                    start &+= 16
                }
            } else {
                while start < count {
                    let lanes = firstLanes(count &- start)
                    let x = _mm512_maskz_loadu_ps(lanes, a.x + start)
                    part = power.adding(to: part, x, onnxlm_mm512_mask_less_ps(lanes, x, threshold))
                    start &+= 16
                }
            }
            total = _mm512_add_pd(total, _mm512_cvtps_pd(_mm512_castps512_ps256(part)))
            total = _mm512_add_pd(total, _mm512_cvtps_pd(onnxlm_mm512_upper_ps(part)))
        }
        a.sum.pointee = _mm512_reduce_add_pd(total)
    }

    /// The elements between two bounds; see `onnxlm_select_args`.
    @c(onnxlm_select_f32_avx512vnni)
    package func select_f32_avx512vnni(_ args: UnsafePointer<onnxlm_select_args>) {
        let a = args.pointee
        let count = Int(a.count)
        let lower = splat(a.lower)
        let upper = splat(a.upper)
        let lanes = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
        var found = 0
        var start = 0
        while start < count {
            let end = start &+ 64 < count ? start &+ 64 : count
            if let maxima = a.maxima, maxima[start >> 6] < a.lower {
                start = end
                continue
            }
            while start < end {
                let present = firstLanes(end &- start)
                let x = _mm512_maskz_loadu_ps(present, a.x + start)
                let chosen = onnxlm_mm512_mask_less_ps(present, x, upper) & ~onnxlm_mm512_less_ps(x, lower)
                if chosen != 0 {
                    let places = _mm512_add_epi32(lanes, _mm512_set1_epi32(Int32(truncatingIfNeeded: start)))
                    _mm512_storeu_ps(a.values + found, _mm512_maskz_compress_ps(chosen, x))
                    let packed = _mm512_maskz_compress_epi32(chosen, places)
                    _mm512_storeu_si512(UnsafeMutableRawPointer(a.places + found), packed)
                    found &+= chosen.nonzeroBitCount
                }
                start &+= 16
            }
            start = end
        }
        a.found.pointee = Int64(found)
    }

    /// 2 to the power of the distance to the largest logit times a factor in two parts.
    private struct PowerOf2 {
        let largest: __m512
        let factor: __m512
        let correction: __m512
        /// Distances of which the power is below 2⁻¹²⁶.
        let farthest: __m512

        @inline(__always)
        init(largest: Float, factor: Double) {
            let exact = factor * 1.4426950408889634074
            let rounded = Float(exact)
            let isFinite = rounded < .infinity
            let usable = isFinite ? rounded : .greatestFiniteMagnitude
            self.largest = splat(largest)
            self.factor = splat(usable)
            correction = splat(isFinite ? Float(exact - Double(rounded)) : 0)
            farthest = splat(-126 / usable)
        }

        /// Adds the powers in the chosen lanes; nothing below 2⁻¹²⁶. The polynomial of the fifth power is near the best
        /// in relative error, 1.2·10⁻⁷.
        @inline(__always)
        func adding(to sum: __m512, _ x: __m512, _ chosen: __mmask16) -> __m512 {
            // Adding it leaves whole numbers in the low bits.
            let shift = splat(0x1.8p23)
            let distance = _mm512_sub_ps(x, largest)
            let t = _mm512_mul_ps(distance, factor)
            let shifted = _mm512_add_ps(t, shift)
            let f = _mm512_fmadd_ps(distance, correction, _mm512_sub_ps(t, _mm512_sub_ps(shifted, shift)))
            var p = _mm512_fmadd_ps(splat(1.327646679220839e-3), f, splat(9.675541292955694e-3))
            p = _mm512_fmadd_ps(p, f, splat(5.550713289584287e-2))
            p = _mm512_fmadd_ps(p, f, splat(0.24022119724873128))
            p = _mm512_fmadd_ps(p, f, splat(0.6931469670549115))
            p = _mm512_fmadd_ps(p, f, splat(1))
            let exponent = _mm512_slli_epi32(_mm512_castps_si512(shifted), 23)
            let power = _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(p), exponent))
            return _mm512_mask_add_ps(sum, onnxlm_mm512_mask_less_ps(chosen, farthest, distance), sum, power)
        }
    }

    /// The largest lanes of 64 elements; NaN sets bits.
    @inline(__always)
    private func largestOf64(_ x: UnsafePointer<Float>, _ unordered: inout UInt16) -> __m512 {
        let a = _mm512_loadu_ps(x)
        let b = _mm512_loadu_ps(x + 16)
        let c = _mm512_loadu_ps(x + 32)
        let d = _mm512_loadu_ps(x + 48)
        unordered |= onnxlm_mm512_unordered_ps(a, b) | onnxlm_mm512_unordered_ps(c, d)
        return _mm512_max_ps(_mm512_max_ps(a, b), _mm512_max_ps(c, d))
    }
#endif
