// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// One row of int8 activations times 8-bit panels of any block size; see `onnxlm_qmatmul_args`.
    ///
    /// The weights' signs move to the activations, so that a pair of products is at most 2 · 128 · 127 and fits 16
    /// bits.
    @c(onnxlm_qgemv_i8_q8_1x8_avx2)
    package func qgemv_i8_q8_1x8_avx2(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let a = args.pointee
        let blocks = Int(a.layout.blocks)
        let quads = Int(a.layout.block_size) >> 2
        let isHalfUnit = a.layout.block_size < 32
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
                var p0 = _mm256_setzero_si256()
                var p1 = p0
                var quad = 0
                while quad < quads {
                    onnxlm_read_ahead(w + 64)
                    onnxlm_read_ahead(w + 128)
                    p0 = _mm256_add_epi32(p0, signedProducts(loadBytes(w), broadcastQuad(values, 0)))
                    p1 = _mm256_add_epi32(p1, signedProducts(loadBytes(w + 32), broadcastQuad(values, 4)))
                    p0 = _mm256_add_epi32(p0, signedProducts(loadBytes(w + 64), broadcastQuad(values, 8)))
                    p1 = _mm256_add_epi32(p1, signedProducts(loadBytes(w + 96), broadcastQuad(values, 12)))
                    w += 128
                    values += 16
                    quad &+= 4
                }
                p0 = _mm256_add_epi32(p0, p1)
                // Of two blocks of 16 in a record, the first finds its parameters behind the values of the second.
                let isFirst = isHalfUnit && block & 1 == 0
                let scales = w + (isFirst ? 128 : isHalfUnit ? parameterBytes : 0)
                if hasZeros {
                    let sum = _mm256_set1_epi32(a.sums[block])
                    let zeros = centredZeroPoints(scales + scaleBytes)
                    p0 = _mm256_sub_epi32(p0, _mm256_madd_epi16(zeros, sum))
                }
                f = addBlock(f, p0, loadScales(scales, a.layout.scale_type), a.scales[block])
                if !isFirst { w += isHalfUnit ? 2 &* parameterBytes : parameterBytes }
                block &+= 1
            }
            let first = panel &* 8
            storeColumns(a.y + first, f, columns &- first, a.bias.map { $0 + first })
            panel &+= 1
        }
    }
#endif
