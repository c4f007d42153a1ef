// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// Goes from sixteen rows to the next, and from the last ones to the first with the block of keys that follows.
    struct SixteensOfBlocks {
        private let groups: Int
        private let blockBytes: Int
        /// The keys, or the values, of the block.
        private(set) var block: UnsafeRawPointer
        private(set) var row = 0
        /// Where the sixteen's products and weights lie.
        private(set) var place = 0

        @inline(always)
        init(_ a: onnxlm_attention_args, _ groups: Int, _ block: UnsafeRawPointer) {
            self.groups = groups
            self.block = block
            blockBytes = 128 &* Int(a.head_size)
        }

        /// Where the rows of the sixteen end, if there are `rows` in all.
        @inline(always)
        func end(_ rows: Int) -> Int { row &+ 16 < rows ? row &+ 16 : rows }

        /// - Returns: whether that was the last sixteen of a block.
        @inline(always)
        @discardableResult
        mutating func advance() -> Bool {
            place = (place &+ 1024) & 4095
            row &+= 16
            if row < 16 &* groups { return false }
            row = 0
            block += blockBytes
            return true
        }
    }

    /// Copies the first `count` values of a block and fills the rest with zeros, which never were written or which no row
    /// sees. False if one of them is no number or has no end.
    @inline(always)
    func copySeenValues(
        _ values: UnsafeRawPointer, _ size: Int, _ count: Int, to target: UnsafeMutableRawPointer
    ) -> Bool {
        let pairs = (count &+ 1) &>> 1
        let exponent = _mm512_set1_epi16(0x7F80)
        var endless: UInt32 = 0
        var pair = 0
        while pair < 32 {
            let isHalf = 2 &* pair &+ 1 == count
            let kept = isHalf ? _mm512_set1_epi32(0xFFFF) : _mm512_set1_epi32(-1)
            var i = 0
            while i < size {
                let place = (pair &* size &+ i) &* 4
                let v =
                    pair < pairs ? _mm512_and_si512(loadCodes(values + place), kept) : _mm512_setzero_si512()
                endless |= onnxlm_mm512_equal_epi16(_mm512_and_si512(v, exponent), exponent)
                _mm512_storeu_si512(target + place, v)
                i &+= 16
            }
            pair &+= 1
        }
        return endless == 0
    }
#endif
