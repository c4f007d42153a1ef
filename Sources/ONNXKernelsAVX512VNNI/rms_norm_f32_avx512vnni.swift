// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Root mean square norm of rows, squares added up in double precision; see `onnxlm_norm_args`.
    @c(onnxlm_rms_norm_f32_avx512vnni)
    package func rms_norm_f32_avx512vnni(_ args: UnsafePointer<onnxlm_norm_args>) {
        let a = args.pointee
        let width = Int(a.width)
        var row = 0
        while row < Int(a.rows) {
            let offset = row &* width
            let skip = a.skip.map { $0 + row &* Int(a.skip_row_stride) &* width }
            var squares0 = _mm512_setzero_pd()
            var squares1 = _mm512_setzero_pd()
            var i = 0
            while i < width {
                let lanes = firstLanes(width &- i)
                let s = summand(a, skip, offset, i, lanes)
                if let sum = a.sum { _mm512_mask_storeu_ps(sum + (offset &+ i), lanes, s) }
                let low = _mm512_cvtps_pd(_mm512_castps512_ps256(s))
                let high = _mm512_cvtps_pd(onnxlm_mm512_upper_ps(s))
                squares0 = _mm512_fmadd_pd(low, low, squares0)
                squares1 = _mm512_fmadd_pd(high, high, squares1)
                i &+= 16
            }
            let mean = _mm512_reduce_add_pd(_mm512_add_pd(squares0, squares1)) / Double(width)
            let inverse = splat(Float(1 / (mean + Double(a.epsilon)).squareRoot()))
            i = 0
            while i < width {
                let lanes = firstLanes(width &- i)
                let s: __m512
                if let sum = a.sum {
                    // The first pass may have overwritten x or skip with it.
                    s = _mm512_maskz_loadu_ps(lanes, UnsafePointer(sum) + (offset &+ i))
                } else {
                    s = summand(a, skip, offset, i, lanes)
                }
                var y = _mm512_mul_ps(_mm512_mul_ps(s, inverse), _mm512_maskz_loadu_ps(lanes, a.scale + i))
                if let bias = a.bias { y = _mm512_add_ps(y, _mm512_maskz_loadu_ps(lanes, bias + i)) }
                _mm512_mask_storeu_ps(a.y + (offset &+ i), lanes, y)
                i &+= 16
            }
            row &+= 1
        }
    }

    /// Sixteen elements of a row with what is added before the norm; zeros beyond the row.
    @inline(__always)
    private func summand(
        _ a: onnxlm_norm_args, _ skip: UnsafePointer<Float>?, _ offset: Int, _ i: Int, _ lanes: __mmask16
    ) -> __m512 {
        var s = _mm512_maskz_loadu_ps(lanes, a.x + (offset &+ i))
        if let skip { s = _mm512_add_ps(s, _mm512_maskz_loadu_ps(lanes, skip + i)) }
        if let bias = a.skip_bias { s = _mm512_add_ps(s, _mm512_maskz_loadu_ps(lanes, bias + i)) }
        return s
    }
#endif
