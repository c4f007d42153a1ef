// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// One row of int8 activations times 4-bit panels in blocks of 16: the low nibbles of a unit are one block, the
    /// high nibbles the next; see `onnxlm_qmatmul_args`.
    @c(onnxlm_qgemv_i8_q4b16_1x8_avx512vnni)
    package func qgemv_i8_q4b16_1x8_avx512vnni(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let a = args.pointee
        let hasZeros = a.layout.zero_point_kind == ONNXLM_ZERO_POINT_U8
        let units = Int(a.layout.units)
        let scaleBytes = scaleByteCount(a.layout)
        let parameterBytes = Int(a.layout.parameter_byte_count)
        let columns = Int(a.columns)
        let end = Int(a.first_panel &+ a.panel_count)
        var panel = Int(a.first_panel)
        while panel < end {
            var w = UnsafeRawPointer(a.panels).advanced(by: panel &* Int(a.layout.panel_byte_stride))
            var values = UnsafeRawPointer(a.values)
            var f = _mm256_setzero_ps()
            var unit = 0
            while unit < units {
                onnxlm_read_ahead(w)
                onnxlm_read_ahead(w + 64)
                onnxlm_read_ahead(w + 128)
                var low = _mm256_setzero_si256()
                var high = low
                var quad = 0
                while quad < 4 {
                    let both = loadBytes(w + quad &* 32)
                    low = onnxlm_mm256_dpbusd(low, lowNibbles(both), broadcastQuad(values, quad &* 4))
                    high = onnxlm_mm256_dpbusd(
                        high, highNibbles(both), broadcastQuad(values, 16 &+ quad &* 4))
                    quad &+= 1
                }
                let lowSum = a.sums[2 &* unit]
                let highSum = a.sums[2 &* unit &+ 1]
                let lowScales = w + 128
                let highScales = lowScales + parameterBytes
                if hasZeros {
                    low = _mm256_sub_epi32(low, zeroProducts(lowScales + scaleBytes, lowSum))
                    high = _mm256_sub_epi32(high, zeroProducts(highScales + scaleBytes, highSum))
                } else {
                    low = _mm256_sub_epi32(low, _mm256_set1_epi32(lowSum &<< 3))
                    high = _mm256_sub_epi32(high, _mm256_set1_epi32(highSum &<< 3))
                }
                let type = a.layout.scale_type
                f = addBlock(f, low, loadScales(lowScales, type), a.scales[2 &* unit])
                f = addBlock(f, high, loadScales(highScales, type), a.scales[2 &* unit &+ 1])
                w += 128 &+ 2 &* parameterBytes
                values += 32
                unit &+= 1
            }
            let first = panel &* 8
            storeColumns(a.y + first, f, columns &- first, a.bias.map { $0 + first })
            panel &+= 1
        }
    }
#endif
