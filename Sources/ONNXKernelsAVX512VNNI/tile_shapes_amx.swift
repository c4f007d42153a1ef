// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// The shapes of all tiles, in 64 bytes.
    struct TileShapes {
        private let memory: UnsafeMutableRawPointer

        @inline(__always)
        init(_ memory: UnsafeMutableRawPointer) {
            self.memory = memory
            memory.initializeMemory(as: UInt8.self, repeating: 0, count: 64)
            memory.storeBytes(of: 1, as: UInt8.self)
        }

        @inline(__always)
        func set(_ tile: Int, rows: UInt8, bytes: UInt16) {
            memory.storeBytes(of: bytes, toByteOffset: 16 &+ 2 &* tile, as: UInt16.self)
            memory.storeBytes(of: rows, toByteOffset: 48 &+ tile, as: UInt8.self)
        }

        @inline(__always)
        func configure() { onnxlm_tiles_configure(memory) }
    }

    /// All tiles have 16 rows of 64 bytes; `memory` has 64 bytes for their shapes.
    @inline(__always)
    func configureWholeTiles(_ memory: UnsafeMutableRawPointer) {
        let shapes = TileShapes(memory)
        var tile = 0
        while tile < 8 {
            shapes.set(tile, rows: 16, bytes: 64)
            tile &+= 1
        }
        shapes.configure()
    }
#endif
