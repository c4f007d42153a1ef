// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// One row of int8 activations times 4-bit panels in blocks of 16: the low nibbles of a unit are one block, the
    /// high nibbles the next; see `onnxlm_qmatmul_args`.
    @c(onnxlm_qgemv_i8_q4b16_1x8_avx2)
    package func qgemv_i8_q4b16_1x8_avx2(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let a = args.pointee
        let hasZeros = a.layout.zero_point_kind == ONNXLM_ZERO_POINT_U8
        let scaleBytes = scaleByteCount(a.layout)
        let parameterBytes = Int(a.layout.parameter_byte_count)
        let units = Int(a.layout.units)
        let stride = Int(a.layout.panel_byte_stride)
        let columns = Int(a.columns)
        let end = Int(a.first_panel &+ a.panel_count)
        var panel = Int(a.first_panel)
        while panel < end {
            var w = UnsafeRawPointer(a.panels).advanced(by: panel &* stride)
            var values = UnsafeRawPointer(a.values)
            var f = _mm256_setzero_ps()
            var unit = 0
            while unit < units {
                onnxlm_read_ahead(w)
                onnxlm_read_ahead(w + 64)
                onnxlm_read_ahead(w + 128)
                var low = lowProducts(w, values)
                var high = highProducts(w, values)
                let sumLow = _mm256_set1_epi32(a.sums[2 &* unit])
                let sumHigh = _mm256_set1_epi32(a.sums[2 &* unit &+ 1])
                var zeroLow = _mm256_set1_epi32(8)
                var zeroHigh = zeroLow
                if hasZeros {
                    zeroLow = loadZeroPoints(w + (128 &+ scaleBytes))
                    zeroHigh = loadZeroPoints(w + (128 &+ parameterBytes &+ scaleBytes))
                }
                low = _mm256_sub_epi32(low, _mm256_madd_epi16(zeroLow, sumLow))
                high = _mm256_sub_epi32(high, _mm256_madd_epi16(zeroHigh, sumHigh))
                let lowScales = loadScales(w + 128, a.layout.scale_type)
                let highScales = loadScales(w + (128 &+ parameterBytes), a.layout.scale_type)
                f = addBlock(f, low, lowScales, a.scales[2 &* unit])
                f = addBlock(f, high, highScales, a.scales[2 &* unit &+ 1])
                w += 128 &+ 2 &* parameterBytes
                values += 32
                unit &+= 1
            }
            let first = panel &* 8
            storeColumns(a.y + first, f, columns &- first, a.bias.map { $0 + first })
            panel &+= 1
        }
    }

    @inline(__always)
    private func lowProducts(_ w: UnsafeRawPointer, _ values: UnsafeRawPointer) -> __m256i {
        let mask = _mm256_set1_epi8(15)
        var sum = _mm256_setzero_si256()
        var quad = 0
        while quad < 4 {
            let low = _mm256_and_si256(loadBytes(w + quad &* 32), mask)
            sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(low, broadcastQuad(values, quad &* 4)))
            quad &+= 1
        }
        return _mm256_madd_epi16(sum, _mm256_set1_epi16(1))
    }

    @inline(__always)
    private func highProducts(_ w: UnsafeRawPointer, _ values: UnsafeRawPointer) -> __m256i {
        let mask = _mm256_set1_epi8(15)
        var sum = _mm256_setzero_si256()
        var quad = 0
        while quad < 4 {
            let high = _mm256_and_si256(_mm256_srli_epi16(loadBytes(w + quad &* 32), 4), mask)
            sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(high, broadcastQuad(values, 16 &+ quad &* 4)))
            quad &+= 1
        }
        return _mm256_madd_epi16(sum, _mm256_set1_epi16(1))
    }
#endif
