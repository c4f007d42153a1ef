// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// Groups of four rows of int8 activations times 8-bit panels of any block size; see `onnxlm_qmatmul_args`.
    @c(onnxlm_qgemm_i8_q8_4x8_avx2)
    package func qgemm_i8_q8_4x8_avx2(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let a = args.pointee
        let blocks = Int(a.layout.blocks)
        let paddedK = blocks &* Int(a.layout.block_size)
        let quads = Int(a.layout.block_size) >> 2
        let isHalfUnit = a.layout.block_size < 32
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
                var f1 = f0
                var f2 = f0
                var f3 = f0
                var block = 0
                while block < blocks {
                    var p0 = _mm256_setzero_si256()
                    var p1 = p0
                    var p2 = p0
                    var p3 = p0
                    var quad = 0
                    while quad < quads {
                        let weights = loadBytes(w)
                        p0 = _mm256_add_epi32(p0, signedProducts(weights, broadcastQuad(values, 0)))
                        p1 = _mm256_add_epi32(p1, signedProducts(weights, broadcastQuad(values, 4)))
                        p2 = _mm256_add_epi32(p2, signedProducts(weights, broadcastQuad(values, 8)))
                        p3 = _mm256_add_epi32(p3, signedProducts(weights, broadcastQuad(values, 12)))
                        w += 32
                        values += 16
                        quad &+= 1
                    }
                    // Of two blocks of 16 in a record, the first finds its parameters behind the values of the second.
                    let isFirst = isHalfUnit && block & 1 == 0
                    let place = w + (isFirst ? 128 : isHalfUnit ? parameterBytes : 0)
                    if hasZeros {
                        let zero = centredZeroPoints(place + scaleBytes)
                        p0 = _mm256_sub_epi32(p0, _mm256_madd_epi16(zero, _mm256_set1_epi32(sums[0])))
                        p1 = _mm256_sub_epi32(p1, _mm256_madd_epi16(zero, _mm256_set1_epi32(sums[1])))
                        p2 = _mm256_sub_epi32(p2, _mm256_madd_epi16(zero, _mm256_set1_epi32(sums[2])))
                        p3 = _mm256_sub_epi32(p3, _mm256_madd_epi16(zero, _mm256_set1_epi32(sums[3])))
                    }
                    let scale = loadScales(place, a.layout.scale_type)
                    f0 = addBlock(f0, p0, scale, scales[0])
                    f1 = addBlock(f1, p1, scale, scales[1])
                    f2 = addBlock(f2, p2, scale, scales[2])
                    f3 = addBlock(f3, p3, scale, scales[3])
                    if !isFirst { w += isHalfUnit ? 2 &* parameterBytes : parameterBytes }
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
#endif
