// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    // One row that is the sum of three int8 rows, the first of a group of four; see `onnxlm_qmatmul_args`. The products
    // of the three are added up in their order. One panel at a time: the weights are one stream.

    /// 4-bit panels in blocks of 32 and more.
    @c(onnxlm_qgemv_terms_i8_q4_1x8_avx512vnni)
    package func qgemv_terms_i8_q4_1x8_avx512vnni(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let a = args.pointee
        let unitsPerBlock = Int(a.layout.block_size) >> 5
        let parameterBytes = Int(a.layout.parameter_byte_count)
        var panel = Int(a.first_panel)
        while panel < Int(a.first_panel &+ a.panel_count) {
            var w = TermPanel(a, panel)
            var t = noTerms()
            var block = 0
            while block < Int(a.layout.blocks) {
                var low = noTermProducts()
                var high = low
                var unit = 0
                while unit < unitsPerBlock {
                    addUnit(w, &low, &high)
                    w.advance(128, 128)
                    unit &+= 1
                }
                let products = joined(low, high)
                t = w.addBlock(t, products, shift: 3, parameters: 0)
                w.advance(parameterBytes, 0)
                block &+= 1
            }
            storeTerms(a, panel, t)
            panel &+= 1
        }
    }

    /// 4-bit panels in blocks of 16: the low nibbles of a unit are one block, the high nibbles the next.
    @c(onnxlm_qgemv_terms_i8_q4b16_1x8_avx512vnni)
    package func qgemv_terms_i8_q4b16_1x8_avx512vnni(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let a = args.pointee
        let parameterBytes = Int(a.layout.parameter_byte_count)
        var panel = Int(a.first_panel)
        while panel < Int(a.first_panel &+ a.panel_count) {
            var w = TermPanel(a, panel)
            var t = noTerms()
            var unit = 0
            while unit < Int(a.layout.units) {
                var low = noTermProducts()
                var high = low
                addUnit(w, &low, &high)
                t = w.addBlock(t, low, shift: 3, parameters: 128)
                t = w.addBlock(t, high, shift: 3, parameters: 128 &+ parameterBytes)
                w.advance(128 &+ 2 &* parameterBytes, 128)
                unit &+= 1
            }
            storeTerms(a, panel, t)
            panel &+= 1
        }
    }

    /// 8-bit panels of any block size.
    @c(onnxlm_qgemv_terms_i8_q8_1x8_avx512vnni)
    package func qgemv_terms_i8_q8_1x8_avx512vnni(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let a = args.pointee
        let quads = Int(a.layout.block_size) >> 2
        let isHalfUnit = a.layout.block_size < 32
        let parameterBytes = Int(a.layout.parameter_byte_count)
        var panel = Int(a.first_panel)
        while panel < Int(a.first_panel &+ a.panel_count) {
            var w = TermPanel(a, panel)
            var t = noTerms()
            var block = 0
            while block < Int(a.layout.blocks) {
                onnxlm_read_ahead(w.bytes)
                var even = noTermProducts()
                var odd = even
                var quad = 0
                while quad < quads {
                    onnxlm_read_ahead(w.bytes + 64)
                    even = w.adding(even, unsignedBytes(loadBytes(w.bytes)), 0)
                    odd = w.adding(odd, unsignedBytes(loadBytes(w.bytes + 32)), 16)
                    w.advance(64, 32)
                    quad &+= 2
                }
                let products = joined(even, odd)
                // Of two blocks of 16 in a record, the first finds its parameters behind the values of the second.
                let isFirst = isHalfUnit && block & 1 == 0
                t = w.addBlock(
                    t, products, shift: 7, parameters: isFirst ? 128 : isHalfUnit ? parameterBytes : 0)
                if !isFirst { w.advance(isHalfUnit ? 2 &* parameterBytes : parameterBytes, 0) }
                block &+= 1
            }
            storeTerms(a, panel, t)
            panel &+= 1
        }
    }

    /// Sums of products of the three rows.
    private typealias TermProducts = (__m256i, __m256i, __m256i)
    /// Results of the three rows.
    private typealias Terms = (__m256, __m256, __m256)

    @inline(always)
    private func noTermProducts() -> TermProducts {
        let none = _mm256_setzero_si256()
        return (none, none, none)
    }

    @inline(always)
    private func joined(_ a: TermProducts, _ b: TermProducts) -> TermProducts {
        (_mm256_add_epi32(a.0, b.0), _mm256_add_epi32(a.1, b.1), _mm256_add_epi32(a.2, b.2))
    }

    @inline(always)
    private func noTerms() -> Terms {
        let none = _mm256_setzero_ps()
        return (none, none, none)
    }

    /// A panel and the activations beside it, at some place.
    private struct TermPanel {
        var bytes: UnsafeRawPointer
        var values: UnsafeRawPointer
        /// `[block][4]`.
        var scales: UnsafePointer<Float>
        var sums: UnsafePointer<Int32>
        let hasZeros: Bool
        let scaleType: Int32
        let scaleBytes: Int

        @inline(always)
        init(_ a: onnxlm_qmatmul_args, _ panel: Int) {
            bytes = UnsafeRawPointer(a.panels).advanced(by: panel &* Int(a.layout.panel_byte_stride))
            values = UnsafeRawPointer(a.values)
            scales = a.scales
            sums = a.sums
            hasZeros = a.layout.zero_point_kind == ONNXLM_ZERO_POINT_U8
            scaleType = a.layout.scale_type
            scaleBytes = scaleByteCount(a.layout)
        }

        @inline(always)
        mutating func advance(_ byteCount: Int, _ valueCount: Int) {
            bytes += byteCount
            values += valueCount
        }

        /// Adds unsigned weights times a quad of activations of each row.
        @inline(always)
        func adding(_ p: TermProducts, _ weights: __m256i, _ offset: Int) -> TermProducts {
            (
                onnxlm_mm256_dpbusd(p.0, weights, broadcastQuad(values, offset)),
                onnxlm_mm256_dpbusd(p.1, weights, broadcastQuad(values, offset &+ 4)),
                onnxlm_mm256_dpbusd(p.2, weights, broadcastQuad(values, offset &+ 8))
            )
        }

        /// Adds the products of a block, whose parameters lie at an offset, and goes on to the next block's activations.
        @inline(always)
        mutating func addBlock(_ t: Terms, _ p: TermProducts, shift: UInt32, parameters offset: Int) -> Terms
        {
            var q = p
            if hasZeros {
                let zeros = bytes + (offset &+ scaleBytes)
                q.0 = _mm256_sub_epi32(p.0, zeroProducts(zeros, sums[0]))
                q.1 = _mm256_sub_epi32(p.1, zeroProducts(zeros, sums[1]))
                q.2 = _mm256_sub_epi32(p.2, zeroProducts(zeros, sums[2]))
            } else {
                q.0 = _mm256_sub_epi32(p.0, _mm256_set1_epi32(sums[0] &<< Int32(bitPattern: shift)))
                q.1 = _mm256_sub_epi32(p.1, _mm256_set1_epi32(sums[1] &<< Int32(bitPattern: shift)))
                q.2 = _mm256_sub_epi32(p.2, _mm256_set1_epi32(sums[2] &<< Int32(bitPattern: shift)))
            }
            let weights = loadScales(bytes + offset, scaleType)
            let result = (
                ONNXKernelsAVX512VNNI.addBlock(t.0, q.0, weights, scales[0]),
                ONNXKernelsAVX512VNNI.addBlock(t.1, q.1, weights, scales[1]),
                ONNXKernelsAVX512VNNI.addBlock(t.2, q.2, weights, scales[2])
            )
            scales += 4
            sums += 4
            return result
        }
    }

    /// The products of a unit of 4 bits.
    @inline(always)
    private func addUnit(_ w: TermPanel, _ low: inout TermProducts, _ high: inout TermProducts) {
        onnxlm_read_ahead(w.bytes)
        onnxlm_read_ahead(w.bytes + 64)
        onnxlm_read_ahead(w.bytes + 128)
        var quad = 0
        while quad < 4 {
            let both = loadBytes(w.bytes + quad &* 32)
            low = w.adding(low, lowNibbles(both), quad &* 16)
            high = w.adding(high, highNibbles(both), 64 &+ quad &* 16)
            quad &+= 1
        }
    }

    @inline(always)
    private func storeTerms(_ a: onnxlm_qmatmul_args, _ panel: Int, _ t: Terms) {
        let first = panel &* 8
        let sum = _mm256_add_ps(_mm256_add_ps(t.0, t.1), t.2)
        storeColumns(a.y + first, sum, Int(a.columns) &- first, a.bias.map { $0 + first })
    }
#endif
