// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// One row of int8 activations times 4-bit panels in blocks of 32 and more, two panels at a time; see
    /// `onnxlm_qmatmul_args`.
    @c(onnxlm_qgemv_i8_q4_1x16_avx512vnni)
    package func qgemv_i8_q4_1x16_avx512vnni(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let a = args.pointee
        let blocks = Int(a.layout.blocks)
        let stride = Int(a.layout.panel_byte_stride)
        let unitsPerBlock = Int(a.layout.block_size) >> 5
        let hasZeros = a.layout.zero_point_kind == ONNXLM_ZERO_POINT_U8
        let columns = Int(a.columns)
        let end = Int(a.first_panel &+ a.panel_count)
        var panel = Int(a.first_panel)
        while panel < end {
            let hasSecond = panel &+ 1 < end
            var w0 = UnsafeRawPointer(a.panels).advanced(by: panel &* stride)
            var w1 = w0.advanced(by: hasSecond ? stride : 0)
            var z0 = w0.advanced(by: Int(a.layout.zero_points_byte_offset))
            var z1 = w1.advanced(by: Int(a.layout.zero_points_byte_offset))
            var values = UnsafeRawPointer(a.values)
            var f = _mm512_setzero_ps()
            var block = 0
            while block < blocks {
                var zero = _mm512_set1_epi32(0xFFF8)
                if hasZeros {
                    zero = negatedZeroPoints(z0, z1)
                    z0 += 8
                    z1 += 8
                }
                let sum = _mm512_set1_epi32(a.sums[block])
                var p = _mm512_dpwssd_epi32(_mm512_setzero_si512(), zero, sum)
                var unit = 0
                while unit < unitsPerBlock {
                    p = _mm512_add_epi32(p, unitProducts(w0, w1, values))
                    w0 += 128
                    w1 += 128
                    values += 32
                    unit &+= 1
                }
                f = addBlock(f, p, loadFloatPair(w0, w1), a.scales[block])
                w0 += 32
                w1 += 32
                block &+= 1
            }
            let first = panel &* 8
            let rest = columns &- first
            let stored = hasSecond || rest < 8 ? rest : 8
            storeColumns(a.y + first, f, stored, a.bias.map { $0 + first })
            panel &+= 2
        }
    }

    /// The products of one unit of two panels, in two chains.
    @inline(__always)
    private func unitProducts(
        _ w0: UnsafeRawPointer, _ w1: UnsafeRawPointer, _ values: UnsafeRawPointer
    ) -> __m512i {
        var low = _mm512_setzero_si512()
        var high = low
        var quad = 0
        while quad < 4 {
            let both = loadPair(w0 + quad &* 32, w1 + quad &* 32)
            low = _mm512_dpbusd_epi32(low, lowNibbles(both), broadcastQuad(values, quad &* 4))
            high = _mm512_dpbusd_epi32(high, highNibbles(both), broadcastQuad(values, 16 &+ quad &* 4))
            quad &+= 1
        }
        return _mm512_add_epi32(low, high)
    }
#endif
