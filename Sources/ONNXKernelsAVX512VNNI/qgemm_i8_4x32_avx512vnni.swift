// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Sums of four rows and thirty-two columns.
    private typealias Eight = (Four, Four)
    /// Results of four rows and thirty-two columns.
    private typealias EightFloats = (FourFloats, FourFloats)

    /// Where the products of a block begin.
    private enum BlockStart {
        /// -8 times the sums of activations, for weights with zero point 8.
        case centres
        /// -128 times them, for weights with zero point 128.
        case centresOfBytes
        /// Minus a zero point of each column times them.
        case zeros
    }

    /// Some records of four panels.
    struct ColumnStretch {
        let panel: Int
        /// 1...4.
        let panels: Int
        let record: Int
        let records: Int

        @inline(always)
        func packed(_ a: onnxlm_qmatmul_args) -> FourPanels {
            FourPanels(a, panel, count: panels, record: record)
        }
    }

    /// The stretches of a product, in the order in which they are multiplied: those of all panels, from the same record on,
    /// follow each other, so that the activations they share stay in the second-level cache.
    private struct ColumnStretches {
        private let records: Int
        private let perStretch: Int
        private let firstPanel: Int
        private let endPanel: Int
        private var record = 0
        private var panel: Int

        @inline(always)
        init(_ a: onnxlm_qmatmul_args) {
            records = Int(a.layout.blocks) / a.layout.blocksPerRecord
            let most = UnpackedColumns.mostRecords(a.layout)
            let stretches = (records &+ most &- 1) / most
            perStretch = (records &+ stretches &- 1) / stretches
            firstPanel = Int(a.first_panel)
            endPanel = firstPanel &+ Int(a.panel_count)
            panel = firstPanel
        }

        /// nil behind the last.
        @inline(always)
        mutating func next() -> ColumnStretch? {
            if panel >= endPanel {
                panel = firstPanel
                record &+= perStretch
            }
            if record >= records || panel >= endPanel { return nil }
            let panels = endPanel &- panel
            let left = records &- record
            let stretch = ColumnStretch(
                panel: panel, panels: panels < 4 ? panels : 4, record: record,
                records: left < perStretch ? left : perStretch)
            panel &+= 4
            return stretch
        }
    }

    /// What multiplies a stretch: with it comes the next one, whose panels are fetched meanwhile.
    struct ColumnWork {
        let columns: UnpackedColumns
        let stretch: ColumnStretch
        let next: ColumnStretch
    }

    /// Groups of four rows of int8 activations times panels of 4 and 8 bits in blocks of any size, four panels at a time,
    /// whose columns are unpacked for all of the rows; see `onnxlm_qmatmul_args`.
    @c(onnxlm_qgemm_i8_4x32_avx512vnni)
    package func qgemm_i8_4x32_avx512vnni(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let a = args.pointee
        let columns = UnpackedColumns(a.scratch.unsafelyUnwrapped, a.layout)
        var stretches = ColumnStretches(a)
        var following = stretches.next()
        while let stretch = following {
            var packed = stretch.packed(a)
            packed.unpack(stretch.records, into: columns)
            following = stretches.next()
            var work = ColumnWork(columns: columns, stretch: stretch, next: following ?? stretch)
            if a.layout.zero_point_kind == ONNXLM_ZERO_POINT_U8 {
                multiplyStretchWithZeros(args, &work)
            } else if a.layout.bits == 4 {
                multiplyStretchOfNibbles(args, &work)
            } else {
                multiplyStretchOfBytes(args, &work)
            }
        }
    }

    // Functions of their own, so that each is compiled for its case alone; with C names, so that no symbol is weak.

    @c(onnxlm_qgemm_i8_stretch_q4_avx512vnni) @inline(never)
    func multiplyStretchOfNibbles(_ a: UnsafePointer<onnxlm_qmatmul_args>, _ work: UnsafeRawPointer) {
        multiplyStretch(a.pointee, work.load(as: ColumnWork.self), .centres)
    }

    @c(onnxlm_qgemm_i8_stretch_q8_avx512vnni) @inline(never)
    func multiplyStretchOfBytes(_ a: UnsafePointer<onnxlm_qmatmul_args>, _ work: UnsafeRawPointer) {
        multiplyStretch(a.pointee, work.load(as: ColumnWork.self), .centresOfBytes)
    }

    @c(onnxlm_qgemm_i8_stretch_with_zeros_avx512vnni) @inline(never)
    func multiplyStretchWithZeros(_ a: UnsafePointer<onnxlm_qmatmul_args>, _ work: UnsafeRawPointer) {
        multiplyStretch(a.pointee, work.load(as: ColumnWork.self), .zeros)
    }

    /// All groups of rows times a stretch of four panels.
    @inline(always)
    private func multiplyStretch(_ a: onnxlm_qmatmul_args, _ work: ColumnWork, _ start: BlockStart) {
        let stretch = work.stretch
        let firstBlock = stretch.record &* a.layout.blocksPerRecord
        let blocks = stretch.records &* a.layout.blocksPerRecord
        let quads = Int(a.layout.block_size) >> 2
        let groups = Int(a.row_groups)
        let isLast = firstBlock &+ blocks == Int(a.layout.blocks)
        let left = ResultColumns(a, stretch.panel, panels: stretch.panels < 2 ? 1 : 2, bias: a.bias)
        let right = ResultColumns(a, stretch.panel &+ 2, panels: stretch.panels &- 2, bias: a.bias)
        var sums = work.columns.sums + 32 &* groups &* (stretch.panel &- Int(a.first_panel))
        let next = work.next.packed(a)
        let nextBytes = work.next.records &* Int(a.layout.record_byte_count)
        let bytesPerGroup = (nextBytes / groups &+ 64) & ~63
        var fetched = 0
        let groupBlocks = 4 &* Int(a.layout.blocks)
        var rows = RowGroup(a, firstBlock, start)
        var group = 0
        while group < groups {
            let rest = nextBytes &- fetched
            let bytes = rest < bytesPerGroup ? rest : bytesPerGroup
            next.prefetch(fetched..<fetched &+ bytes)
            fetched &+= bytes
            var f = (noFloats(), noFloats())
            if firstBlock > 0 {
                f.0 = loadSums(sums)
                f.1 = loadSums(sums + 64)
            }
            if quads == 8 {
                multiplyUnits(&f, rows, work.columns, blocks, start)
            } else {
                multiplyBlocks(&f, rows, work.columns, blocks, quads, start)
            }
            if isLast {
                left.store(group, f.0)
                right.store(group, f.1)
            } else {
                storeSums(sums, f.0)
                storeSums(sums + 64, f.1)
            }
            sums += 128
            rows.advance(blocks: groupBlocks, blockSize: Int(a.layout.block_size))
            group &+= 1
        }
    }

    /// A group of four rows from a block on.
    private struct RowGroup {
        var values: UnsafeRawPointer
        var scales: UnsafePointer<Float>
        /// What ``BlockStart`` is made of.
        var starts: UnsafePointer<Int32>

        @inline(always)
        init(_ a: onnxlm_qmatmul_args, _ block: Int, _ start: BlockStart) {
            values = UnsafeRawPointer(a.values) + 4 &* block &* Int(a.layout.block_size)
            scales = a.scales + 4 &* block
            starts = (start == .zeros ? a.sums : a.centres) + 4 &* block
        }

        /// Moves on by so many blocks of one row.
        @inline(always)
        mutating func advance(blocks: Int, blockSize: Int) {
            values += blocks &* blockSize
            scales += blocks
            starts += blocks
        }
    }

    /// Blocks of 32: the sums of a block are scaled between the products of the next, which leaves no pause between them.
    @inline(always)
    private func multiplyUnits(
        _ f: inout EightFloats, _ first: RowGroup, _ columns: UnpackedColumns, _ blocks: Int,
        _ start: BlockStart
    ) {
        var rows = first
        var weights = UnsafeRawPointer(columns.weights)
        var scales = UnsafePointer(columns.scales)
        var zeros = UnsafePointer(columns.negatedZeros)
        var p = startOf(rows.starts, zeros, start)
        p = addingQuads(p, weights, rows.values)
        p = addingQuads(p, weights + 512, rows.values + 64)
        var left = blocks &- 1
        while left > 0 {
            weights = onnxlm_plain_pointer(weights + 1024)
            rows.values = onnxlm_plain_pointer(rows.values + 128)
            rows.starts += 4
            zeros += 32
            var q = startOf(rows.starts, zeros, start)
            let first = _mm512_loadu_ps(scales)
            let second = _mm512_loadu_ps(scales + 16)
            q = addingQuad(q, weights, rows.values)
            f.0.0 = addBlock(f.0.0, p.0.0, first, rows.scales[0])
            q = addingQuad(q, weights + 128, rows.values + 16)
            f.1.0 = addBlock(f.1.0, p.1.0, second, rows.scales[0])
            q = addingQuad(q, weights + 256, rows.values + 32)
            f.0.1 = addBlock(f.0.1, p.0.1, first, rows.scales[1])
            q = addingQuad(q, weights + 384, rows.values + 48)
            f.1.1 = addBlock(f.1.1, p.1.1, second, rows.scales[1])
            q = addingQuad(q, weights + 512, rows.values + 64)
            f.0.2 = addBlock(f.0.2, p.0.2, first, rows.scales[2])
            q = addingQuad(q, weights + 640, rows.values + 80)
            f.1.2 = addBlock(f.1.2, p.1.2, second, rows.scales[2])
            q = addingQuad(q, weights + 768, rows.values + 96)
            f.0.3 = addBlock(f.0.3, p.0.3, first, rows.scales[3])
            q = addingQuad(q, weights + 896, rows.values + 112)
            f.1.3 = addBlock(f.1.3, p.1.3, second, rows.scales[3])
            p = q
            scales += 32
            rows.scales += 4
            left &-= 1
        }
        f.0 = addBlock(f.0, p.0, _mm512_loadu_ps(scales), rows.scales)
        f.1 = addBlock(f.1, p.1, _mm512_loadu_ps(scales + 16), rows.scales)
    }

    /// Blocks of any size, a multiple of 16.
    @inline(always)
    private func multiplyBlocks(
        _ f: inout EightFloats, _ first: RowGroup, _ columns: UnpackedColumns, _ blocks: Int, _ quads: Int,
        _ start: BlockStart
    ) {
        var rows = first
        var weights = UnsafeRawPointer(columns.weights)
        var scales = UnsafePointer(columns.scales)
        var zeros = UnsafePointer(columns.negatedZeros)
        var block = 0
        while block < blocks {
            var p = startOf(rows.starts, zeros, start)
            var quad = 0
            while quad < quads {
                p = addingQuads(p, weights, rows.values)
                weights += 512
                rows.values += 64
                quad &+= 4
            }
            f.0 = addBlock(f.0, p.0, _mm512_loadu_ps(scales), rows.scales)
            f.1 = addBlock(f.1, p.1, _mm512_loadu_ps(scales + 16), rows.scales)
            rows.starts += 4
            rows.scales += 4
            scales += 32
            zeros += 32
            block &+= 1
        }
    }

    @inline(always)
    private func loadSums(_ sums: UnsafePointer<Float>) -> FourFloats {
        (
            _mm512_loadu_ps(sums), _mm512_loadu_ps(sums + 16), _mm512_loadu_ps(sums + 32),
            _mm512_loadu_ps(sums + 48)
        )
    }

    @inline(always)
    private func storeSums(_ sums: UnsafeMutablePointer<Float>, _ f: FourFloats) {
        _mm512_storeu_ps(sums, f.0)
        _mm512_storeu_ps(sums + 16, f.1)
        _mm512_storeu_ps(sums + 32, f.2)
        _mm512_storeu_ps(sums + 48, f.3)
    }

    @inline(always)
    private func startOf(
        _ starts: UnsafePointer<Int32>, _ zeros: UnsafePointer<Int32>, _ start: BlockStart
    ) -> Eight {
        switch start {
        case .centres:
            let four = centres(starts)
            return (four, four)
        case .centresOfBytes:
            let four = centresOfBytes(starts)
            return (four, four)
        case .zeros:
            return (
                zeroProducts(_mm512_loadu_si512(zeros), starts),
                zeroProducts(_mm512_loadu_si512(zeros + 16), starts)
            )
        }
    }

    /// Adds the products of four quads.
    @inline(always)
    private func addingQuads(_ p: Eight, _ weights: UnsafeRawPointer, _ values: UnsafeRawPointer) -> Eight {
        var p = addingQuad(p, weights, values)
        p = addingQuad(p, weights + 128, values + 16)
        p = addingQuad(p, weights + 256, values + 32)
        return addingQuad(p, weights + 384, values + 48)
    }

    /// Adds unsigned weights of all columns times a quad of activations of each row.
    @inline(always)
    private func addingQuad(_ p: Eight, _ weights: UnsafeRawPointer, _ values: UnsafeRawPointer) -> Eight {
        (
            adding(p.0, _mm512_loadu_si512(weights), values),
            adding(p.1, _mm512_loadu_si512(weights + 64), values)
        )
    }
#endif
