// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// Groups of four rows of int8 activations times 4-bit panels in blocks of 32 and more; see
    /// `onnxlm_qmatmul_args`.
    @c(onnxlm_qgemm_i8_q4_4x8_avx2)
    package func qgemm_i8_q4_4x8_avx2(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let a = args.pointee
        let ones = _mm256_set1_epi16(1)
        let blocks = Int(a.layout.blocks)
        let paddedK = blocks &* Int(a.layout.block_size)
        let unitsPerBlock = Int(a.layout.block_size) >> 5
        let hasZeros = a.layout.zero_point_kind == ONNXLM_ZERO_POINT_U8
        let scaleBytes = scaleByteCount(a.layout)
        let parameterBytes = Int(a.layout.parameter_byte_count)
        let end = Int(a.first_panel &+ a.panel_count)
        var panel = Int(a.first_panel)
        while panel < end {
            let base = UnsafeRawPointer(a.panels).advanced(by: panel &* Int(a.layout.panel_byte_stride))
            var group = 0
            while group < Int(a.row_groups) {
                var w = base
                var values = UnsafeRawPointer(a.values) + group &* 4 &* paddedK
                var scales = a.scales + group &* 4 &* blocks
                var sums = a.sums + group &* 4 &* blocks
                var f0 = _mm256_setzero_ps()
                var f1 = _mm256_setzero_ps()
                var f2 = _mm256_setzero_ps()
                var f3 = _mm256_setzero_ps()
                var block = 0
                while block < blocks {
                    let first = unitProducts(w, values)
                    var p0 = _mm256_madd_epi16(first.0, ones)
                    var p1 = _mm256_madd_epi16(first.1, ones)
                    var p2 = _mm256_madd_epi16(first.2, ones)
                    var p3 = _mm256_madd_epi16(first.3, ones)
                    w += 128
                    values += 128
                    var unit = 1
                    while unit < unitsPerBlock {
                        let more = unitProducts(w, values)
                        p0 = _mm256_add_epi32(p0, _mm256_madd_epi16(more.0, ones))
                        p1 = _mm256_add_epi32(p1, _mm256_madd_epi16(more.1, ones))
                        p2 = _mm256_add_epi32(p2, _mm256_madd_epi16(more.2, ones))
                        p3 = _mm256_add_epi32(p3, _mm256_madd_epi16(more.3, ones))
                        w += 128
                        values += 128
                        unit &+= 1
                    }
                    let zero = hasZeros ? loadZeroPoints(w + scaleBytes) : _mm256_set1_epi32(8)
                    p0 = _mm256_sub_epi32(p0, _mm256_madd_epi16(zero, _mm256_set1_epi32(sums[0])))
                    p1 = _mm256_sub_epi32(p1, _mm256_madd_epi16(zero, _mm256_set1_epi32(sums[1])))
                    p2 = _mm256_sub_epi32(p2, _mm256_madd_epi16(zero, _mm256_set1_epi32(sums[2])))
                    p3 = _mm256_sub_epi32(p3, _mm256_madd_epi16(zero, _mm256_set1_epi32(sums[3])))
                    let scale = loadScales(w, a.layout.scale_type)
                    f0 = addBlock(f0, p0, scale, scales[0])
                    f1 = addBlock(f1, p1, scale, scales[1])
                    f2 = addBlock(f2, p2, scale, scales[2])
                    f3 = addBlock(f3, p3, scale, scales[3])
                    w += parameterBytes
                    scales += 4
                    sums += 4
                    block &+= 1
                }
                storeRows(a, panel, group, f0, f1, f2, f3)
                group &+= 1
            }
            panel &+= 1
        }
    }

    /// The products of one unit with four rows, added up in 16-bit lanes: at most 16 · 15 · 127 each.
    @inline(__always)
    private func unitProducts(_ w: UnsafeRawPointer, _ values: UnsafeRawPointer) -> Four {
        let mask = _mm256_set1_epi8(15)
        let w0 = loadBytes(w)
        var sum = rowProducts(_mm256_and_si256(w0, mask), values)
        sum = adding(sum, rowProducts(_mm256_and_si256(_mm256_srli_epi16(w0, 4), mask), values + 64))
        let w1 = loadBytes(w + 32)
        sum = adding(sum, rowProducts(_mm256_and_si256(w1, mask), values + 16))
        sum = adding(sum, rowProducts(_mm256_and_si256(_mm256_srli_epi16(w1, 4), mask), values + 80))
        let w2 = loadBytes(w + 64)
        sum = adding(sum, rowProducts(_mm256_and_si256(w2, mask), values + 32))
        sum = adding(sum, rowProducts(_mm256_and_si256(_mm256_srli_epi16(w2, 4), mask), values + 96))
        let w3 = loadBytes(w + 96)
        sum = adding(sum, rowProducts(_mm256_and_si256(w3, mask), values + 48))
        return adding(sum, rowProducts(_mm256_and_si256(_mm256_srli_epi16(w3, 4), mask), values + 112))
    }
#endif
