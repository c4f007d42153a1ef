// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// What one product with tiles keeps in `onnxlm_qmatmul_args.scratch`.
    struct TileScratch {
        static var mostUnits: Int { Int(ONNXLM_TILE_UNITS) }
        /// Turns the offset of a block's sums into one that is present.
        static var sumsMask: Int { (Int(ONNXLM_TILE_BLOCKS) &- 1) &* 1024 }

        /// The shapes of the tiles.
        let shapes: UnsafeMutableRawPointer
        /// `[block % ONNXLM_TILE_BLOCKS][row][column]`, 16 rows and columns.
        let sums: UnsafeMutablePointer<Int32>
        /// `[block][column]`.
        let scales: UnsafeMutablePointer<Float>
        /// `[unit][quad][column][4]`, less their zero points.
        let weights: UnsafeMutableRawPointer

        @inline(always)
        init(_ base: UnsafeMutableRawPointer) {
            let sumsEnd = 64 &+ Int(ONNXLM_TILE_BLOCKS) &* 1024
            shapes = base
            sums = (base + 64).assumingMemoryBound(to: Int32.self)
            scales = (base + sumsEnd).assumingMemoryBound(to: Float.self)
            weights = base + (sumsEnd &+ Self.mostUnits &* 64)
        }

        /// Sums: 16 rows of 64 bytes; activations: 16 of 32; weights: 8 of 64.
        @inline(always)
        func configure() {
            let shapes = TileShapes(shapes)
            shapes.set(0, rows: 16, bytes: 64)
            shapes.set(1, rows: 16, bytes: 32)
            shapes.set(2, rows: 8, bytes: 64)
            shapes.configure()
        }
    }

    /// Results of sixteen rows and columns.
    private typealias Sixteen = (FourFloats, FourFloats, FourFloats, FourFloats)

    /// The activations of a product as tiles.
    private struct TiledRows {
        let count: Int
        let values: UnsafeRawPointer
        let scales: UnsafePointer<Float>
        /// Of a whole tile.
        let byteCount: Int
        let scaleCount: Int

        @inline(always)
        init(_ a: onnxlm_qmatmul_args, _ tiles: UnsafePointer<Int8>, _ scales: UnsafePointer<Float>) {
            count = Int(a.row_groups) >> 2
            scaleCount = 16 &* Int(a.layout.blocks)
            byteCount = scaleCount &* Int(a.layout.block_size)
            values = UnsafeRawPointer(tiles)
            self.scales = scales
        }
    }

    /// Some blocks of two panels, and where they begin.
    private struct TileStretch {
        let firstBlock: Int
        let blocks: Int
        /// Of a tile of rows, or of unpacked columns.
        let blockBytes: Int
    }

    /// Multiplies block after block of a stretch, tile after tile.
    private struct TileProducts {
        var rows: UnsafeRawPointer
        var columns: UnsafeRawPointer
        let blockBytes: Int
        private let sums: UnsafeMutableRawPointer
        /// Where the sums of the next block go.
        private var place = 0

        @inline(always)
        init(_ tiles: TiledRows, _ stretch: TileStretch, _ scratch: TileScratch) {
            rows = tiles.values + stretch.firstBlock &* stretch.blockBytes
            columns = UnsafeRawPointer(scratch.weights)
            blockBytes = stretch.blockBytes
            sums = UnsafeMutableRawPointer(scratch.sums)
        }

        /// The sums of an earlier block: of that before the next one, or of the one before that.
        @inline(always)
        func past(_ blocks: Int) -> UnsafePointer<Int32> {
            let offset = (place &- 1024 &* blocks) & TileScratch.sumsMask
            return onnxlm_plain_pointer(sums + offset).assumingMemoryBound(to: Int32.self)
        }

        /// Multiplies the next block.
        @inline(always)
        mutating func multiply(isUnit: Bool) {
            onnxlm_tile_zero()
            rows = onnxlm_plain_pointer(rows)
            columns = onnxlm_plain_pointer(columns)
            let end = rows + blockBytes
            repeat {
                onnxlm_tile_add(rows, columns)
                rows += 512
                columns += 512
            } while !isUnit && rows < end
        }

        /// Stores its sums.
        @inline(always)
        mutating func store() {
            onnxlm_tile_store(sums + place)
            place = (place &+ 1024) & TileScratch.sumsMask
        }
    }

    /// Whole sixteens of rows times two panels at a time, whose blocks have 32 inputs or more.
    ///
    /// - Returns: how many groups of four rows that were; the others are left to the caller.
    @inline(always)
    func multiplyTiles(_ a: onnxlm_qmatmul_args, _ weights: TileWeights) -> Int {
        let unitsPerBlock = Int(a.layout.block_size) >> 5
        guard let values = a.tiles, let scales = a.tile_scales, let base = a.scratch, a.row_groups >= 4,
            unitsPerBlock <= TileScratch.mostUnits
        else { return 0 }
        let scratch = TileScratch(base)
        scratch.configure()
        let tiles = TiledRows(a, values, scales)
        let blocks = Int(a.layout.blocks)
        let most = TileScratch.mostUnits / unitsPerBlock
        let end = Int(a.first_panel &+ a.panel_count)
        var panel = Int(a.first_panel)
        while panel < end {
            let hasSecond = panel &+ 1 < end
            var columns = PackedColumns(a, weights, panel, hasSecond: hasSecond, scratch)
            var block = 0
            while block < blocks {
                let left = blocks &- block
                let stretch = TileStretch(
                    firstBlock: block, blocks: left < most ? left : most, blockBytes: 512 &* unitsPerBlock)
                // Two calls, so that each has a constant: a loop without branches inside.
                if unitsPerBlock == 1 {
                    multiplyStretch(
                        a, tiles, scratch, stretch, panel, hasSecond: hasSecond, isUnit: true, &columns)
                } else {
                    multiplyStretch(
                        a, tiles, scratch, stretch, panel, hasSecond: hasSecond, isUnit: false, &columns)
                }
                block &+= stretch.blocks
            }
            panel &+= 2
        }
        onnxlm_tiles_release()
        return 4 &* tiles.count
    }

    /// All tiles of rows times a stretch of two panels.
    ///
    /// The sums of a block are scaled two blocks behind its product: by then they are written, and vector instructions
    /// work while the tiles do.
    @inline(always)
    private func multiplyStretch(
        _ a: onnxlm_qmatmul_args, _ tiles: TiledRows, _ scratch: TileScratch, _ stretch: TileStretch,
        _ panel: Int, hasSecond: Bool, isUnit: Bool, _ columns: inout PackedColumns
    ) {
        var stored = a
        if stretch.firstBlock &+ stretch.blocks < Int(a.layout.blocks) { stored.bias = nil }
        let delay = stretch.blocks < 2 ? stretch.blocks : 2
        let stretchBytes = stretch.blocks &* stretch.blockBytes
        // The first tile unpacks the columns, four blocks ahead.
        columns.startAgain(in: scratch)
        let unpackedAhead = stretch.blocks < 4 ? stretch.blocks : 4
        var unpacked = 0
        while unpacked < unpackedAhead {
            columns.unpackBlock()
            unpacked &+= 1
        }
        var products = TileProducts(tiles, stretch, scratch)
        var ahead = 0
        while ahead < delay {
            products.multiply(isUnit: isUnit)
            products.store()
            ahead &+= 1
        }
        var firstScales = UnsafeRawPointer(tiles.scales + 16 &* stretch.firstBlock)
        var tile = 0
        while tile < tiles.count {
            let group = 4 &* tile
            var f: Sixteen
            if stretch.firstBlock == 0 {
                f = (noFloats(), noFloats(), noFloats(), noFloats())
            } else {
                f.0 = loadRows(a, panel, group, hasSecond: hasSecond)
                f.1 = loadRows(a, panel, group &+ 1, hasSecond: hasSecond)
                f.2 = loadRows(a, panel, group &+ 2, hasSecond: hasSecond)
                f.3 = loadRows(a, panel, group &+ 3, hasSecond: hasSecond)
            }
            var scales = firstScales
            var weightScales = UnsafeRawPointer(scratch.scales)
            var left = stretch.blocks &- delay
            while unpacked < stretch.blocks {
                step(&f, &products, &scales, &weightScales, delay, isUnit: isUnit)
                columns.unpackBlock()
                left &-= 1
                unpacked &+= 1
            }
            var part = 0
            while part < 2 {
                while left > 0 {
                    step(&f, &products, &scales, &weightScales, delay, isUnit: isUnit)
                    left &-= 1
                }
                if part == 0 {
                    // The products of the next tile; behind the last one, of the first once more.
                    let isLast = tile &+ 1 == tiles.count
                    products.rows += (isLast ? tiles.byteCount &* -tile : tiles.byteCount) &- stretchBytes
                    products.columns -= stretchBytes
                }
                left = delay
                part &+= 1
            }
            storeRows(stored, panel, group, hasSecond: hasSecond, f.0)
            storeRows(stored, panel, group &+ 1, hasSecond: hasSecond, f.1)
            storeRows(stored, panel, group &+ 2, hasSecond: hasSecond, f.2)
            storeRows(stored, panel, group &+ 3, hasSecond: hasSecond, f.3)
            firstScales += 4 &* tiles.scaleCount
            tile &+= 1
        }
    }

    /// Multiplies the next block and scales the sums of an earlier one.
    @inline(always)
    private func step(
        _ f: inout Sixteen, _ products: inout TileProducts, _ scales: inout UnsafeRawPointer,
        _ weightScales: inout UnsafeRawPointer, _ delay: Int, isUnit: Bool
    ) {
        let sums = products.past(delay)
        scales = onnxlm_plain_pointer(scales)
        weightScales = onnxlm_plain_pointer(weightScales)
        let rowScales = scales.assumingMemoryBound(to: Float.self)
        let weights = _mm512_loadu_ps(weightScales)
        products.multiply(isUnit: isUnit)
        f.0 = addBlock(f.0, loadFour(sums), weights, rowScales)
        f.1 = addBlock(f.1, loadFour(sums + 64), weights, rowScales + 4)
        products.store()
        f.2 = addBlock(f.2, loadFour(sums + 128), weights, rowScales + 8)
        f.3 = addBlock(f.3, loadFour(sums + 192), weights, rowScales + 12)
        scales += 64
        weightScales += 64
    }

    @inline(always)
    private func loadFour(_ sums: UnsafePointer<Int32>) -> Four {
        (
            _mm512_loadu_si512(sums), _mm512_loadu_si512(sums + 16), _mm512_loadu_si512(sums + 32),
            _mm512_loadu_si512(sums + 48)
        )
    }
#endif
