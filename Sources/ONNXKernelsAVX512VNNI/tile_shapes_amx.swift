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
#endif
