// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// How a tile passes over its blocks; constants wherever they are used.
    struct TileManner {
        /// Few rows wait for memory: they take a block's lines one after the other.
        let areFew: Bool
        /// One multiplication for two products where rows see a whole block.
        let hasCouples: Bool
        /// Lines that follow are asked for.
        let readsAhead: Bool
        /// Queries and weights lie as 64 lower and 64 upper bytes, as tiles of AMX take them.
        let hasPlanes: Bool

        @inline(always)
        private init(
            areFew: Bool = false, hasCouples: Bool = false, readsAhead: Bool = false, hasPlanes: Bool = false
        ) {
            self.areFew = areFew
            self.hasCouples = hasCouples
            self.readsAhead = readsAhead
            self.hasPlanes = hasPlanes
        }

        @inline(always)
        static var few: TileManner { TileManner(areFew: true) }
        @inline(always)
        static var fewReadAhead: TileManner { TileManner(areFew: true, readsAhead: true) }
        @inline(always)
        static var couples: TileManner { TileManner(hasCouples: true) }
        @inline(always)
        static var plain: TileManner { TileManner() }
        @inline(always)
        static var planes: TileManner { TileManner(hasPlanes: true) }
    }
#endif
