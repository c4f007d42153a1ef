// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// Dequantises units of two neighbouring 4-bit panels; see `onnxlm_dequantize_tile_args`.
    @c(onnxlm_dequantize_tile_q4_f32_avx2)
    package func dequantize_tile_q4_f32_avx2(_ args: UnsafePointer<onnxlm_dequantize_tile_args>) {
        dequantizeTile(args, is8Bits: false)
    }

    /// Dequantises units of two neighbouring 8-bit panels; see `onnxlm_dequantize_tile_args`.
    @c(onnxlm_dequantize_tile_q8_f32_avx2)
    package func dequantize_tile_q8_f32_avx2(_ args: UnsafePointer<onnxlm_dequantize_tile_args>) {
        dequantizeTile(args, is8Bits: true)
    }

    @inline(__always)
    private func dequantizeTile(_ args: UnsafePointer<onnxlm_dequantize_tile_args>, is8Bits: Bool) {
        let a = args.pointee
        let middle: Float = is8Bits ? 128 : 8
        let scaleBytes = scaleByteCount(a.layout)
        var half = 0
        while half < 2 {
            let isPresent = half < Int(a.panel_count)
            let index = Int(a.first_panel) &+ (isPresent ? half : 0)
            let panel = UnsafeRawPointer(a.panels) + index &* Int(a.layout.panel_byte_stride)
            var target = a.tile + half &* 8
            var unit = 0
            while unit < Int(a.units) {
                let place = placeOfUnit(panel, a.layout, Int(a.first_unit) &+ unit, is8Bits: is8Bits)
                var quad = 0
                while quad < 8 {
                    let parameters = quad < 4 ? place.lowParameters : place.highParameters
                    let zero = floatZeroPoints(parameters + scaleBytes, a.layout.zero_point_kind, middle)
                    var scale = loadScales(parameters, a.layout.scale_type)
                    if !isPresent { scale = _mm256_setzero_ps() }
                    let bytes = quadBytes(place.values, quad, is8Bits: is8Bits)
                    _mm256_storeu_ps(target, dequantised(floatBytes(bytes, 0), zero, scale))
                    _mm256_storeu_ps(target + 16, dequantised(floatBytes(bytes, 1), zero, scale))
                    _mm256_storeu_ps(target + 32, dequantised(floatBytes(bytes, 2), zero, scale))
                    _mm256_storeu_ps(target + 48, dequantised(floatBytes(bytes, 3), zero, scale))
                    target += 64
                    quad &+= 1
                }
                unit &+= 1
            }
            half &+= 1
        }
    }
#endif
