// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// Softmax of rows, exponentials added up in double precision; see `onnxlm_softmax_args`.
    @c(onnxlm_softmax_f32_avx2)
    package func softmax_f32_avx2(_ args: UnsafePointer<onnxlm_softmax_args>) {
        let a = args.pointee
        let width = Int(a.width)
        var row = 0
        while row < Int(a.rows) {
            softmaxRow(a.x + row &* width, a.y + row &* width, width)
            row &+= 1
        }
    }

    @inline(__always)
    private func softmaxRow(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ width: Int) {
        let lowest = splat(-Float.infinity)
        var largest = lowest
        var unordered = _mm256_setzero_ps()
        var i = 0
        while i < width {
            let part = orLowest(loadPart(x + i, width &- i), width &- i)
            largest = _mm256_max_ps(part, largest)
            unordered = _mm256_or_ps(unordered, onnxlm_mm256_unordered_ps(part, part))
            i &+= 8
        }
        let maximum = laneMaximum(largest)
        let isEmpty = maximum == -Float.infinity && _mm256_movemask_ps(unordered) == 0
        var total0 = _mm256_setzero_pd()
        var total1 = _mm256_setzero_pd()
        i = 0
        while i < width {
            var e = _mm256_setzero_ps()
            if !isEmpty {
                let part = orLowest(loadPart(x + i, width &- i), width &- i)
                e = exp8(_mm256_sub_ps(part, splat(maximum)))
                // Where the maximum is −infinity there is a NaN, and the row becomes NaN through it.
                total0 = _mm256_add_pd(total0, _mm256_cvtps_pd(_mm256_castps256_ps128(e)))
                total1 = _mm256_add_pd(total1, _mm256_cvtps_pd(onnxlm_mm256_upper_ps(e)))
            }
            storePart(y + i, e, width &- i)
            i &+= 8
        }
        if isEmpty { return }
        let four = _mm256_cvtpd_ps(_mm256_add_pd(total0, total1))
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four))
        let total = splat(_mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two))))
        i = 0
        while i < width {
            storePart(y + i, _mm256_div_ps(loadPart(UnsafePointer(y) + i, width &- i), total), width &- i)
            i &+= 8
        }
    }

    /// Eight floats with −infinity from `rest` on.
    @inline(__always)
    private func orLowest(_ value: __m256, _ rest: Int) -> __m256 {
        if rest >= 8 { return value }
        return _mm256_blendv_ps(splat(-Float.infinity), value, _mm256_castsi256_ps(laneMask(rest)))
    }
#endif
