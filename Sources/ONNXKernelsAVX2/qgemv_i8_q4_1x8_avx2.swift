// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// One row of int8 activations times 4-bit panels in blocks of 32 and more; see `onnxlm_qmatmul_args`.
    ///
    /// One panel at a time: the weights are one stream, which the processor reads ahead by itself.
    @c(onnxlm_qgemv_i8_q4_1x8_avx2)
    package func qgemv_i8_q4_1x8_avx2(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let a = args.pointee
        let ones = _mm256_set1_epi16(1)
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
                var p = _mm256_madd_epi16(unitProducts(w, values), ones)
                w += 128
                values += 32
                var unit = 1
                while unit < unitsPerBlock {
                    p = _mm256_add_epi32(p, _mm256_madd_epi16(unitProducts(w, values), ones))
                    w += 128
                    values += 32
                    unit &+= 1
                }
                let sum = a.sums[block]
                if hasZeros {
                    let zeros = loadZeroPoints(w + scaleBytes)
                    p = _mm256_sub_epi32(p, _mm256_madd_epi16(zeros, _mm256_set1_epi32(sum)))
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

    /// The products of one unit, added up in 16-bit lanes: at most 16 · 15 · 127 each.
    @inline(__always)
    private func unitProducts(_ w: UnsafeRawPointer, _ values: UnsafeRawPointer) -> __m256i {
        onnxlm_read_ahead(w + 64)
        onnxlm_read_ahead(w + 128)
        let s0 = quadProducts(w, values, 0)
        let s1 = quadProducts(w, values, 1)
        let s2 = quadProducts(w, values, 2)
        let s3 = quadProducts(w, values, 3)
        return _mm256_add_epi16(_mm256_add_epi16(s0, s1), _mm256_add_epi16(s2, s3))
    }

    @inline(__always)
    private func quadProducts(_ w: UnsafeRawPointer, _ values: UnsafeRawPointer, _ quad: Int) -> __m256i {
        let mask = _mm256_set1_epi8(15)
        let both = loadBytes(w + quad &* 32)
        let low = _mm256_and_si256(both, mask)
        let high = _mm256_and_si256(_mm256_srli_epi16(both, 4), mask)
        let lowProducts = _mm256_maddubs_epi16(low, broadcastQuad(values, quad &* 4))
        let highProducts = _mm256_maddubs_epi16(high, broadcastQuad(values, 16 &+ quad &* 4))
        return _mm256_add_epi16(lowProducts, highProducts)
    }
#endif
