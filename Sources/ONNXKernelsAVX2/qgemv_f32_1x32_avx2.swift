// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// One row of float activations times 4-bit panels, four panels at a time; see `onnxlm_qgemv_f32_args`.
    @c(onnxlm_qgemv_f32_q4_1x32_avx2)
    package func qgemv_f32_q4_1x32_avx2(_ args: UnsafePointer<onnxlm_qgemv_f32_args>) {
        multiplyFour(args, is8Bits: false)
    }

    /// One row of float activations times 8-bit panels, four panels at a time; see `onnxlm_qgemv_f32_args`.
    @c(onnxlm_qgemv_f32_q8_1x32_avx2)
    package func qgemv_f32_q8_1x32_avx2(_ args: UnsafePointer<onnxlm_qgemv_f32_args>) {
        multiplyFour(args, is8Bits: true)
    }

    /// Panels past the last are the last once more, and not stored.
    @inline(__always)
    private func multiplyFour(_ args: UnsafePointer<onnxlm_qgemv_f32_args>, is8Bits: Bool) {
        let a = args.pointee
        let units = Int(a.layout.units)
        let stride = Int(a.layout.panel_byte_stride)
        let end = Int(a.first_panel &+ a.panel_count)
        var panel = Int(a.first_panel)
        while panel < end {
            let last = end &- 1 &- panel
            let base = UnsafeRawPointer(a.panels) + panel &* stride
            let panel1 = base + (last < 1 ? last : 1) &* stride
            let panel2 = base + (last < 2 ? last : 2) &* stride
            let panel3 = base + (last < 3 ? last : 3) &* stride
            var t0 = _mm256_setzero_ps()
            var t1 = t0
            var t2 = t0
            var t3 = t0
            var start = 0
            while start < units {
                let stop = units &- start < 8 ? units : start &+ 8
                var s0 = _mm256_setzero_ps()
                var s1 = s0
                var s2 = s0
                var s3 = s0
                var unit = start
                while unit < stop {
                    let x = a.x + unit &* 32
                    s0 = addUnit(s0, base, a.layout, unit, x, is8Bits: is8Bits)
                    s1 = addUnit(s1, panel1, a.layout, unit, x, is8Bits: is8Bits)
                    s2 = addUnit(s2, panel2, a.layout, unit, x, is8Bits: is8Bits)
                    s3 = addUnit(s3, panel3, a.layout, unit, x, is8Bits: is8Bits)
                    unit &+= 1
                }
                t0 = start == 0 ? s0 : _mm256_add_ps(t0, s0)
                t1 = start == 0 ? s1 : _mm256_add_ps(t1, s1)
                t2 = start == 0 ? s2 : _mm256_add_ps(t2, s2)
                t3 = start == 0 ? s3 : _mm256_add_ps(t3, s3)
                start &+= 8
            }
            store(a, panel, t0)
            if last > 0 { store(a, panel &+ 1, t1) }
            if last > 1 { store(a, panel &+ 2, t2) }
            if last > 2 { store(a, panel &+ 3, t3) }
            panel &+= 4
        }
    }

    @inline(__always)
    private func store(_ a: onnxlm_qgemv_f32_args, _ panel: Int, _ total: __m256) {
        let first = panel &* 8
        storeColumns(a.y + first, total, Int(a.columns) &- first, a.bias.map { $0 + first })
    }

    /// Adds the 32 products of a unit, in the order of the inputs.
    @inline(__always)
    private func addUnit(
        _ sum: __m256, _ panel: UnsafeRawPointer, _ layout: onnxlm_panel_layout, _ unit: Int,
        _ x: UnsafePointer<Float>, is8Bits: Bool
    ) -> __m256 {
        let middle: Float = is8Bits ? 128 : 8
        let place = placeOfUnit(panel, layout, unit, is8Bits: is8Bits)
        let scaleBytes = scaleByteCount(layout)
        var s = sum
        var quad = 0
        while quad < 8 {
            let parameters = quad < 4 ? place.lowParameters : place.highParameters
            let zero = floatZeroPoints(parameters + scaleBytes, layout.zero_point_kind, middle)
            let scale = loadScales(parameters, layout.scale_type)
            let bytes = quadBytes(place.values, quad, is8Bits: is8Bits)
            let input = x + quad &* 4
            s = _mm256_fmadd_ps(splat(input[0]), dequantised(floatBytes(bytes, 0), zero, scale), s)
            s = _mm256_fmadd_ps(splat(input[1]), dequantised(floatBytes(bytes, 1), zero, scale), s)
            s = _mm256_fmadd_ps(splat(input[2]), dequantised(floatBytes(bytes, 2), zero, scale), s)
            s = _mm256_fmadd_ps(splat(input[3]), dequantised(floatBytes(bytes, 3), zero, scale), s)
            quad &+= 1
        }
        return s
    }
#endif
