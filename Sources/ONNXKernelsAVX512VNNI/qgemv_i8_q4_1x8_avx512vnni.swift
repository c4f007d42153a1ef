// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// One row of int8 activations times 4-bit panels in blocks of 32 and more; see `onnxlm_qmatmul_args`.
    ///
    /// One panel at a time: the weights are one stream.
    @c(onnxlm_qgemv_i8_q4_1x8_avx512vnni)
    package func qgemv_i8_q4_1x8_avx512vnni(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let a = args.pointee
        let blocks = Int(a.layout.blocks)
        let unitsPerBlock = Int(a.layout.block_size) >> 5
        let hasZeros = a.layout.zero_point_kind == ONNXLM_ZERO_POINT_U8
        let scaleBytes = scaleByteCount(a.layout)
        let parameterBytes = Int(a.layout.parameter_byte_count)
        let columns = Int(a.columns)
        let end = Int(a.first_panel &+ a.panel_count)
        var panel = Int(a.first_panel)
        while panel < end {
            var w = UnsafeRawPointer(a.panels).advanced(by: panel &* Int(a.layout.panel_byte_stride))
            var values = UnsafeRawPointer(a.values)
            var f = _mm256_setzero_ps()
            var block = 0
            while block < blocks {
                onnxlm_read_ahead(w)
                var p = unitProducts(w, values)
                w += 128
                values += 32
                var unit = 1
                while unit < unitsPerBlock {
                    p = _mm256_add_epi32(p, unitProducts(w, values))
                    w += 128
                    values += 32
                    unit &+= 1
                }
                let sum = a.sums[block]
                if hasZeros {
                    p = _mm256_sub_epi32(p, zeroProducts(w + scaleBytes, sum))
                } else {
                    p = _mm256_sub_epi32(p, _mm256_set1_epi32(sum &<< 3))
                }
                f = addBlock(f, p, loadScales(w, a.layout.scale_type), a.scales[block])
                w += parameterBytes
                block &+= 1
            }
            let first = panel &* 8
            storeColumns(a.y + first, f, columns &- first, a.bias.map { $0 + first })
            panel &+= 1
        }
    }

    /// The products of one unit, in two chains.
    @inline(__always)
    private func unitProducts(_ w: UnsafeRawPointer, _ values: UnsafeRawPointer) -> __m256i {
        onnxlm_read_ahead(w + 64)
        onnxlm_read_ahead(w + 128)
        var low = _mm256_setzero_si256()
        var high = low
        var quad = 0
        while quad < 4 {
            let both = loadBytes(w + quad &* 32)
            low = onnxlm_mm256_dpbusd(low, lowNibbles(both), broadcastQuad(values, quad &* 4))
            high = onnxlm_mm256_dpbusd(high, highNibbles(both), broadcastQuad(values, 16 &+ quad &* 4))
            quad &+= 1
        }
        return _mm256_add_epi32(low, high)
    }
#endif
