// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// What one product with tiles keeps in `onnxlm_qmatmul_args.scratch`.
    struct TileScratch {
        static var mostUnits: Int { Int(ONNXLM_TILE_UNITS) }
        static var sumsAtOnce: Int { Int(ONNXLM_TILE_BLOCKS) }

        /// The shapes of the tiles.
        let shapes: UnsafeMutableRawPointer
        /// `[block % sumsAtOnce][row][column]`, 16 rows and columns.
        let sums: UnsafeMutablePointer<Int32>
        /// `[block][column]`.
        let scales: UnsafeMutablePointer<Float>
        /// `[unit][quad][column][4]`, less their zero points.
        let weights: UnsafeMutableRawPointer

        @inline(__always)
        init(_ base: UnsafeMutableRawPointer) {
            let sumsEnd = 64 &+ Self.sumsAtOnce &* 1024
            shapes = base
            sums = (base + 64).assumingMemoryBound(to: Int32.self)
            scales = (base + sumsEnd).assumingMemoryBound(to: Float.self)
            weights = base + (sumsEnd &+ Self.mostUnits &* 64)
        }

        /// Sums: 16 rows of 64 bytes; activations: 16 of 32; weights: 8 of 64.
        @inline(__always)
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

    /// Some blocks of two panels, and where they begin.
    private struct TileStretch {
        let firstBlock: Int
        let blocks: Int
        let unitsPerBlock: Int
        var isFirst: Bool { firstBlock == 0 }
    }

    /// Whole sixteens of rows times two panels at a time, whose blocks have 32 inputs or more.
    ///
    /// - Returns: how many groups of four rows that were; the others are left to the caller.
    @inline(__always)
    func multiplyTiles(
        _ a: onnxlm_qmatmul_args, unpack: (PanelPair, Int, UnsafeMutableRawPointer) -> Void
    ) -> Int {
        let unitsPerBlock = Int(a.layout.block_size) >> 5
        guard let tiles = a.tiles, let base = a.scratch, a.row_groups >= 4,
            unitsPerBlock <= TileScratch.mostUnits
        else { return 0 }
        let scratch = TileScratch(base)
        scratch.configure()
        let count = Int(a.row_groups) >> 2
        let blocks = Int(a.layout.blocks)
        let most = TileScratch.mostUnits / unitsPerBlock
        let end = Int(a.first_panel &+ a.panel_count)
        let scalesOffset = Int(a.layout.record_byte_count &- a.layout.parameter_byte_count)
        var panel = Int(a.first_panel)
        while panel < end {
            let hasSecond = panel &+ 1 < end
            var pair = PanelPair(a, panel, hasSecond: hasSecond)
            var block = 0
            while block < blocks {
                let left = blocks &- block
                let stretch = TileStretch(
                    firstBlock: block, blocks: left < most ? left : most, unitsPerBlock: unitsPerBlock)
                var weights = scratch.weights
                var index = 0
                while index < stretch.blocks {
                    pair.readAhead(Int(a.layout.record_byte_count))
                    unpack(pair, unitsPerBlock, weights)
                    let scales = pair.scales(scalesOffset, a.layout.scale_type)
                    _mm512_storeu_ps(scratch.scales + 16 &* index, scales)
                    pair.advance(Int(a.layout.record_byte_count))
                    weights += 512 &* unitsPerBlock
                    index &+= 1
                }
                var tile = 0
                while tile < count {
                    multiplyTile(a, tiles, scratch, stretch, panel, tile, hasSecond: hasSecond)
                    tile &+= 1
                }
                block &+= stretch.blocks
            }
            panel &+= 2
        }
        onnxlm_tiles_release()
        return 4 &* count
    }

    /// Sixteen rows times a stretch of two panels.
    @inline(__always)
    private func multiplyTile(
        _ a: onnxlm_qmatmul_args, _ tiles: UnsafePointer<Int8>, _ scratch: TileScratch,
        _ stretch: TileStretch,
        _ panel: Int, _ tile: Int, hasSecond: Bool
    ) {
        let groupBlocks = 4 &* Int(a.layout.blocks)
        let tileBytes = 16 &* Int(a.layout.blocks) &* Int(a.layout.block_size)
        let firstByte = tile &* tileBytes &+ stretch.firstBlock &* stretch.unitsPerBlock &* 512
        let values = UnsafeRawPointer(tiles) + firstByte
        var scales = a.scales + (4 &* tile &* groupBlocks &+ 4 &* stretch.firstBlock)
        let group = 4 &* tile
        var f: Sixteen
        if stretch.isFirst {
            f = (noFloats(), noFloats(), noFloats(), noFloats())
        } else {
            f.0 = loadRows(a, panel, group, hasSecond: hasSecond)
            f.1 = loadRows(a, panel, group &+ 1, hasSecond: hasSecond)
            f.2 = loadRows(a, panel, group &+ 2, hasSecond: hasSecond)
            f.3 = loadRows(a, panel, group &+ 3, hasSecond: hasSecond)
        }
        var block = 0
        while block < stretch.blocks {
            let left = stretch.blocks &- block
            let end = block &+ (left < TileScratch.sumsAtOnce ? left : TileScratch.sumsAtOnce)
            var next = block
            while next < end {
                multiplyBlock(values, scratch, stretch, next)
                next &+= 1
            }
            while block < end {
                f = addSums(f, scratch, block, scales, groupBlocks)
                scales += 4
                block &+= 1
            }
        }
        let isLast = stretch.firstBlock &+ stretch.blocks == Int(a.layout.blocks)
        var stored = a
        if !isLast { stored.bias = nil }
        storeRows(stored, panel, group, hasSecond: hasSecond, f.0)
        storeRows(stored, panel, group &+ 1, hasSecond: hasSecond, f.1)
        storeRows(stored, panel, group &+ 2, hasSecond: hasSecond, f.2)
        storeRows(stored, panel, group &+ 3, hasSecond: hasSecond, f.3)
    }

    /// The products of a block.
    @inline(__always)
    private func multiplyBlock(
        _ values: UnsafeRawPointer, _ scratch: TileScratch, _ stretch: TileStretch, _ block: Int
    ) {
        let place = block & (TileScratch.sumsAtOnce &- 1)
        let sums = UnsafeMutableRawPointer(scratch.sums + place &* 256)
        var rows = values + block &* stretch.unitsPerBlock &* 512
        var columns = UnsafeRawPointer(scratch.weights) + block &* stretch.unitsPerBlock &* 512
        let end = rows + stretch.unitsPerBlock &* 512
        onnxlm_tile_zero()
        while rows < end {
            onnxlm_tile_add(rows, columns)
            rows += 512
            columns += 512
        }
        onnxlm_tile_store(sums)
    }

    /// Adds the scaled sums of a block.
    @inline(__always)
    private func addSums(
        _ f: Sixteen, _ scratch: TileScratch, _ block: Int, _ scales: UnsafePointer<Float>, _ groupBlocks: Int
    ) -> Sixteen {
        let sums = scratch.sums + (block & (TileScratch.sumsAtOnce &- 1)) &* 256
        let weights = _mm512_loadu_ps(scratch.scales + 16 &* block)
        let f0 = addBlock(f.0, loadFour(sums), weights, scales)
        let f1 = addBlock(f.1, loadFour(sums + 64), weights, scales + groupBlocks)
        let f2 = addBlock(f.2, loadFour(sums + 128), weights, scales + 2 &* groupBlocks)
        let f3 = addBlock(f.3, loadFour(sums + 192), weights, scales + 3 &* groupBlocks)
        return (f0, f1, f2, f3)
    }

    @inline(__always)
    private func loadFour(_ sums: UnsafePointer<Int32>) -> Four {
        (
            _mm512_loadu_si512(sums), _mm512_loadu_si512(sums + 16), _mm512_loadu_si512(sums + 32),
            _mm512_loadu_si512(sums + 48)
        )
    }
#endif
