// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// Sixteen columns of four rows: sums of products.
    typealias Four = (__m512i, __m512i, __m512i, __m512i)
    /// Sixteen columns of four rows: results.
    typealias FourFloats = (__m512, __m512, __m512, __m512)

    @inline(__always)
    func noFloats() -> FourFloats {
        let none = _mm512_setzero_ps()
        return (none, none, none, none)
    }

    /// One number in every lane.
    @inline(__always)
    private func every(_ values: UnsafePointer<Int32>, _ row: Int) -> __m512i {
        _mm512_set1_epi32(values[row])
    }

    /// Negated zero points times the sums of a block's activations: where its products begin.
    @inline(__always)
    func zeroProducts(_ negatedZeros: __m512i, _ sums: UnsafePointer<Int32>) -> Four {
        let none = _mm512_setzero_si512()
        let p0 = _mm512_dpwssd_epi32(none, negatedZeros, every(sums, 0))
        let p1 = _mm512_dpwssd_epi32(none, negatedZeros, every(sums, 1))
        let p2 = _mm512_dpwssd_epi32(none, negatedZeros, every(sums, 2))
        let p3 = _mm512_dpwssd_epi32(none, negatedZeros, every(sums, 3))
        return (p0, p1, p2, p3)
    }

    /// Where products of weights with zero point 8 begin: read into every lane, which costs the multipliers nothing.
    @inline(__always)
    func centres(_ centres: UnsafePointer<Int32>) -> Four {
        (every(centres, 0), every(centres, 1), every(centres, 2), every(centres, 3))
    }

    /// Where products of weights with zero point 128 begin.
    @inline(__always)
    func centresOfBytes(_ centres: UnsafePointer<Int32>) -> Four {
        let p0 = _mm512_slli_epi32(every(centres, 0), 4)
        let p1 = _mm512_slli_epi32(every(centres, 1), 4)
        let p2 = _mm512_slli_epi32(every(centres, 2), 4)
        let p3 = _mm512_slli_epi32(every(centres, 3), 4)
        return (p0, p1, p2, p3)
    }

    /// Adds unsigned weights times a quad of activations of each row.
    @inline(__always)
    func adding(_ p: Four, _ weights: __m512i, _ values: UnsafeRawPointer) -> Four {
        let quads = values.assumingMemoryBound(to: Int32.self)
        let p0 = _mm512_dpbusd_epi32(p.0, weights, every(quads, 0))
        let p1 = _mm512_dpbusd_epi32(p.1, weights, every(quads, 1))
        let p2 = _mm512_dpbusd_epi32(p.2, weights, every(quads, 2))
        let p3 = _mm512_dpbusd_epi32(p.3, weights, every(quads, 3))
        return (p0, p1, p2, p3)
    }

    /// Adds unsigned weights times a quad of activations of each row, for two groups of rows or one.
    @inline(__always)
    func addingQuad(
        _ p: Four, _ q: Four, _ weights: __m512i, _ values: UnsafeRawPointer, _ groupValues: Int, isPair: Bool
    ) -> (Four, Four) {
        (adding(p, weights, values), isPair ? adding(q, weights, values + groupValues) : q)
    }

    /// `f + float(p) * (weight scales * activation scale)`.
    @inline(__always)
    func addBlock(_ f: FourFloats, _ p: Four, _ weights: __m512, _ scales: UnsafePointer<Float>) -> FourFloats
    {
        let f0 = addBlock(f.0, p.0, weights, scales[0])
        let f1 = addBlock(f.1, p.1, weights, scales[1])
        let f2 = addBlock(f.2, p.2, weights, scales[2])
        let f3 = addBlock(f.3, p.3, weights, scales[3])
        return (f0, f1, f2, f3)
    }

    /// The same for one row.
    @inline(__always)
    func addBlock(_ sum: __m512, _ products: __m512i, _ scales: __m512, _ scale: Float) -> __m512 {
        let factor = _mm512_mul_ps(scales, _mm512_set1_ps(scale))
        return _mm512_fmadd_ps(_mm512_cvtepi32_ps(products), factor, sum)
    }

    /// Sixteen columns of the results, as many of them as exist, in groups of four rows.
    struct ResultColumns {
        private let y: UnsafeMutablePointer<Float>
        private let stride: Int
        private let rows: Int
        private let mask: UInt16
        private let bias: UnsafePointer<Float>?

        /// The columns of one or two panels; of no panel where there is none.
        @inline(__always)
        init(_ a: onnxlm_qmatmul_args, _ panel: Int, panels: Int, bias: UnsafePointer<Float>?) {
            let first = panel &* 8
            y = a.y + first
            stride = Int(a.y_row_stride)
            rows = Int(a.rows)
            self.bias = bias.map { $0 + first }
            let rest = Int(a.columns) &- first
            let present = panels < 1 ? 0 : panels < 2 ? 8 : 16
            let columns = UInt32(truncatingIfNeeded: rest < 0 ? 0 : rest < present ? rest : present)
            mask = UInt16(truncatingIfNeeded: (UInt32(1) &<< columns) &- 1)
        }

        /// What was stored of a group, zeros in place of what does not exist.
        @inline(__always)
        func load(_ group: Int) -> FourFloats {
            (
                load(row: 4 &* group), load(row: 4 &* group &+ 1), load(row: 4 &* group &+ 2),
                load(row: 4 &* group &+ 3)
            )
        }

        /// Stores what exists of a group, after adding the bias.
        @inline(__always)
        func store(_ group: Int, _ f: FourFloats) {
            store(row: 4 &* group, f.0)
            store(row: 4 &* group &+ 1, f.1)
            store(row: 4 &* group &+ 2, f.2)
            store(row: 4 &* group &+ 3, f.3)
        }

        @inline(__always)
        private func load(row: Int) -> __m512 {
            row < rows ? _mm512_maskz_loadu_ps(mask, y + row &* stride) : _mm512_setzero_ps()
        }

        @inline(__always)
        private func store(row: Int, _ value: __m512) {
            if row >= rows { return }
            var result = value
            if let bias { result = _mm512_add_ps(result, _mm512_maskz_loadu_ps(mask, bias)) }
            _mm512_mask_storeu_ps(y + row &* stride, mask, result)
        }
    }

    /// Stores a tile of four rows and sixteen columns, or what of it exists.
    @inline(__always)
    func storeRows(_ a: onnxlm_qmatmul_args, _ panel: Int, _ group: Int, hasSecond: Bool, _ f: FourFloats) {
        ResultColumns(a, panel, panels: hasSecond ? 2 : 1, bias: a.bias).store(group, f)
    }

    /// Loads what was stored of such a tile.
    @inline(__always)
    func loadRows(_ a: onnxlm_qmatmul_args, _ panel: Int, _ group: Int, hasSecond: Bool) -> FourFloats {
        ResultColumns(a, panel, panels: hasSecond ? 2 : 1, bias: nil).load(group)
    }

    extension onnxlm_qmatmul_args {
        /// Leaves out the first groups of four rows.
        @inline(__always)
        mutating func skip(groups: Int) {
            let groupBlocks = 4 &* groups &* Int(layout.blocks)
            let skipped = Int64(4 &* groups)
            values += groupBlocks &* Int(layout.block_size)
            scales += groupBlocks
            sums += groupBlocks
            centres += groupBlocks
            y += 4 &* groups &* Int(y_row_stride)
            rows &-= skipped
            row_groups &-= Int64(groups)
            tiles = nil
        }
    }
#endif
