// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// The order in which few rows, which wait for memory, read a block: its keys, its values, the next keys. These lie apart,
    /// so that what is asked for ahead has to be told.
    struct ReadingOrder {
        /// Panels of 16 keys that some row sees.
        let panels: Int
        let keys: BlockStream
        let values: BlockStream

        @inline(always)
        init(_ a: onnxlm_attention_args, _ start: Int, _ seen: BlockSpan, _ manner: TileManner) {
            let size = Int(a.head_size)
            let offset = (start &- Int(a.first_key)) &* size &* 2
            panels = (seen.high &+ 15) &>> 4
            let lowPair = seen.low &>> 1
            let values = a.values + (offset &+ lowPair &* size &* 4)
            let valueBytes = ((seen.high &+ 1) &>> 1 &- lowPair) &* size &* 4
            let keysLeft = Int(a.last_key) &- start &- 64
            let following = keysLeft > 0 ? a.keys + (offset &+ 128 &* size) : a.next_keys
            let count = keysLeft > 0 ? keysLeft : Int(a.last_key &- a.first_key)
            let followingBytes = count >= 64 ? 128 &* size : (count &+ 15) &>> 4 &* size &* 32
            keys = BlockStream(
                a.keys + offset, bytes: panels &* size &* 32, next: values, bytesOfNext: valueBytes, manner)
            self.values = BlockStream(
                values, bytes: valueBytes, next: following, bytesOfNext: followingBytes, manner)
        }
    }

    /// Lines that are read one after the other. While they are, as many of those that are read next are asked for, as far as
    /// the second-level cache, and the lines 2 kB on all the way.
    struct BlockStream {
        /// Behind the last line that is read.
        private let end: UnsafeRawPointer
        /// From `end` to what is read next.
        private let gap: Int
        private var next: UnsafeRawPointer
        private var bytesOfNext: Int
        private let isActive: Bool

        @inline(always)
        init(
            _ base: UnsafeRawPointer, bytes: Int, next: UnsafeRawPointer?, bytesOfNext: Int,
            _ manner: TileManner
        ) {
            end = base + bytes
            self.next = next ?? base
            gap = self.next - end
            self.bytesOfNext = next == nil ? 0 : bytesOfNext
            isActive = manner.readsAhead
        }

        /// Asks for what follows some lines that are about to be read.
        @inline(always)
        mutating func readAhead(_ line: UnsafeRawPointer, lines: Int) {
            if !isActive { return }
            let inBlock = line + 2048
            let near = inBlock >= end ? inBlock + gap : inBlock
            var offset = 0
            while offset < 64 &* lines {
                onnxlm_prefetch(near + offset)
                if bytesOfNext > 0 { onnxlm_prefetch_to_second_level(next + offset) }
                offset &+= 64
            }
            next += 64 &* lines
            bytesOfNext &-= 64 &* lines
        }
    }
#endif
