// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// One row of int8 activations times 4-bit panels in blocks of 32 and more, two panels at a time; see
    /// `onnxlm_qmatmul_args`.
    @c(onnxlm_qgemv_i8_q4_1x16_avx2)
    package func qgemv_i8_q4_1x16_avx2(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let a = args.pointee
        let ones = _mm256_set1_epi16(1)
        let middle = _mm256_set1_epi32(8)
        let blocks = Int(a.layout.blocks)
        let stride = Int(a.layout.panel_byte_stride)
        let unitsPerBlock = Int(a.layout.block_size) >> 5
        let hasZeros = a.layout.zero_point_kind == ONNXLM_ZERO_POINT_U8
        let columns = Int(a.columns)
        let end = Int(a.first_panel &+ a.panel_count)
        var panel = Int(a.first_panel)
        while panel < end {
            let hasSecond = panel &+ 1 < end
            let base0 = UnsafeRawPointer(a.panels).advanced(by: panel &* stride)
            let base1 = base0.advanced(by: hasSecond ? stride : 0)
            var w0 = base0
            var w1 = base1
            var z0 = base0.advanced(by: Int(a.layout.zero_points_byte_offset))
            var z1 = base1.advanced(by: Int(a.layout.zero_points_byte_offset))
            var values = UnsafeRawPointer(a.values)
            var f0 = _mm256_setzero_ps()
            var f1 = _mm256_setzero_ps()
            var block = 0
            while block < blocks {
                var p0 = _mm256_madd_epi16(unitProducts(w0, values), ones)
                var p1 = _mm256_madd_epi16(unitProducts(w1, values), ones)
                w0 += 128
                w1 += 128
                values += 32
                var unit = 1
                while unit < unitsPerBlock {
                    p0 = _mm256_add_epi32(p0, _mm256_madd_epi16(unitProducts(w0, values), ones))
                    p1 = _mm256_add_epi32(p1, _mm256_madd_epi16(unitProducts(w1, values), ones))
                    w0 += 128
                    w1 += 128
                    values += 32
                    unit &+= 1
                }
                let sum = _mm256_set1_epi32(a.sums[block])
                if hasZeros {
                    p0 = _mm256_sub_epi32(p0, _mm256_madd_epi16(loadZeroPoints(z0), sum))
                    p1 = _mm256_sub_epi32(p1, _mm256_madd_epi16(loadZeroPoints(z1), sum))
                    z0 += 8
                    z1 += 8
                } else {
                    let correction = _mm256_madd_epi16(middle, sum)
                    p0 = _mm256_sub_epi32(p0, correction)
                    p1 = _mm256_sub_epi32(p1, correction)
                }
                let scale = a.scales[block]
                f0 = addBlock(f0, p0, loadFloats(w0), scale)
                f1 = addBlock(f1, p1, loadFloats(w1), scale)
                w0 += 32
                w1 += 32
                block &+= 1
            }
            storePair(a, panel, columns, f0, f1, hasSecond)
            panel &+= 2
        }
    }

    @inline(__always)
    private func storePair(
        _ a: onnxlm_qmatmul_args, _ panel: Int, _ columns: Int, _ f0: __m256, _ f1: __m256, _ hasSecond: Bool
    ) {
        let first = panel &* 8
        storeColumns(a.y + first, f0, columns &- first, a.bias.map { $0 + first })
        if hasSecond {
            let second = first &+ 8
            storeColumns(a.y + second, f1, columns &- second, a.bias.map { $0 + second })
        }
    }

    /// The products of one unit, added up in 16-bit lanes: at most 16 · 15 · 127 each.
    @inline(__always)
    private func unitProducts(_ w: UnsafeRawPointer, _ values: UnsafeRawPointer) -> __m256i {
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
