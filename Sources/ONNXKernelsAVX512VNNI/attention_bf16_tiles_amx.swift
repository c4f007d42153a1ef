// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// Products of all rows' queries with the 64 keys of a block to `scores`, 64 a row. A panel of keys lies as tiles take
    /// it.
    @inline(always)
    func multiplyKeysInTiles(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: RoundedRows, _ keys: UnsafeRawPointer
    ) {
        let size = Int(a.head_size)
        var row = 0
        while row < rows {
            let queries = UnsafeRawPointer(scratch.queries + row &* size)
            onnxlm_rounded_tiles_zero()
            var element = 0
            while element < size {
                onnxlm_rounded_tiles_add(
                    queries + 2 &* element, 2 &* size, keys + 32 &* element, 64, 32 &* size)
                element &+= 32
            }
            onnxlm_rounded_tiles_store(a.scores + row &* 64, 256)
            row &+= 16
        }
    }

    /// Adds the weighted values of a block to the outputs of all rows; the weights of keys that a row does not see are 0.
    @inline(always)
    func addValuesInTiles(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: RoundedRows, _ values: UnsafeRawPointer
    ) {
        let size = Int(a.head_size)
        let second = values + 64 &* size
        var row = 0
        while row < rows {
            let weights = UnsafeRawPointer(a.scores + row &* 64)
            let outputs = a.outputs + row &* size
            var column = 0
            while column &+ 64 <= size {
                onnxlm_rounded_tiles_load(outputs + column, 4 &* size)
                onnxlm_rounded_tiles_add(weights, 256, values + 4 &* column, 4 &* size, 64)
                onnxlm_rounded_tiles_add(weights + 64, 256, second + 4 &* column, 4 &* size, 64)
                onnxlm_rounded_tiles_store(outputs + column, 4 &* size)
                column &+= 64
            }
            if column < size {
                onnxlm_two_rounded_tiles_load(outputs + column, 4 &* size)
                onnxlm_two_rounded_tiles_add(weights, 256, values + 4 &* column, 4 &* size, 64)
                onnxlm_two_rounded_tiles_add(weights + 64, 256, second + 4 &* column, 4 &* size, 64)
                onnxlm_two_rounded_tiles_store(outputs + column, 4 &* size)
            }
            row &+= 16
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
