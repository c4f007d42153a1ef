// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// Groups of four rows of int8 activations times 4-bit panels in blocks of 16; see `onnxlm_qmatmul_args`.
    @c(onnxlm_qgemm_i8_q4b16_4x8_avx2)
    package func qgemm_i8_q4b16_4x8_avx2(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let a = args.pointee
        let hasZeros = a.layout.zero_point_kind == ONNXLM_ZERO_POINT_U8
        let scaleBytes = scaleByteCount(a.layout)
        let parameterBytes = Int(a.layout.parameter_byte_count)
        let units = Int(a.layout.units)
        let end = Int(a.first_panel &+ a.panel_count)
        var panel = Int(a.first_panel)
        while panel < end {
            let base = UnsafeRawPointer(a.panels).advanced(by: panel &* Int(a.layout.panel_byte_stride))
            var group = 0
            while group < Int(a.row_groups) {
                var w = base
                var values = UnsafeRawPointer(a.values) + group &* 128 &* units
                var scales = a.scales + group &* 8 &* units
                var sums = a.sums + group &* 8 &* units
                var f0 = _mm256_setzero_ps()
                var f1 = _mm256_setzero_ps()
                var f2 = _mm256_setzero_ps()
                var f3 = _mm256_setzero_ps()
                var unit = 0
                while unit < units {
                    var half = 0
                    while half < 2 {
                        let place = w + (128 &+ half &* parameterBytes)
                        let zero = hasZeros ? loadZeroPoints(place + scaleBytes) : _mm256_set1_epi32(8)
                        let p = halfProducts(w, values, isHigh: half == 1)
                        let scale = loadScales(place, a.layout.scale_type)
                        f0 = addBlock(f0, corrected(p.0, zero, sums[0]), scale, scales[0])
                        f1 = addBlock(f1, corrected(p.1, zero, sums[1]), scale, scales[1])
                        f2 = addBlock(f2, corrected(p.2, zero, sums[2]), scale, scales[2])
                        f3 = addBlock(f3, corrected(p.3, zero, sums[3]), scale, scales[3])
                        scales += 4
                        sums += 4
                        half &+= 1
                    }
                    w += 128 &+ 2 &* parameterBytes
                    values += 128
                    unit &+= 1
                }
                storeRows(a, panel, group, f0, f1, f2, f3)
                group &+= 1
            }
            panel &+= 1
        }
    }

    /// 32-bit sums of 16-bit pairs, less zero times the sum of the activations.
    @inline(__always)
    private func corrected(_ pairs: __m256i, _ zero: __m256i, _ sum: Int32) -> __m256i {
        let products = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1))
        return _mm256_sub_epi32(products, _mm256_madd_epi16(zero, _mm256_set1_epi32(sum)))
    }

    @inline(__always)
    private func halfProducts(_ w: UnsafeRawPointer, _ values: UnsafeRawPointer, isHigh: Bool) -> Four {
        let mask = _mm256_set1_epi8(15)
        let zero = _mm256_setzero_si256()
        var sum: Four = (zero, zero, zero, zero)
        var quad = 0
        while quad < 4 {
            let both = loadBytes(w + quad &* 32)
            let nibbles = _mm256_and_si256(isHigh ? _mm256_srli_epi16(both, 4) : both, mask)
            sum = adding(sum, rowProducts(nibbles, values + ((isHigh ? 64 : 0) &+ quad &* 16)))
            quad &+= 1
        }
        return sum
    }
#endif
