// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Groups of four rows of int8 activations times 4-bit panels in blocks of 32 and more, two groups and two panels
    /// at a time; see `onnxlm_qmatmul_args`.
    @c(onnxlm_qgemm_i8_q4_8x16_avx512vnni)
    package func qgemm_i8_q4_8x16_avx512vnni(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let a = args.pointee
        let stride = Int(a.layout.panel_byte_stride)
        let groups = Int(a.row_groups)
        let end = Int(a.first_panel &+ a.panel_count)
        var panel = Int(a.first_panel)
        while panel < end {
            let hasSecond = panel &+ 1 < end
            let w0 = UnsafeRawPointer(a.panels).advanced(by: panel &* stride)
            let w1 = w0.advanced(by: hasSecond ? stride : 0)
            var group = 0
            while group &+ 1 < groups {
                multiplyTwoGroups(a, panel, group, w0, w1, hasSecond)
                group &+= 2
            }
            if group < groups { multiplyOneGroup(a, panel, group, w0, w1, hasSecond) }
            panel &+= 2
        }
    }

    @inline(__always)
    private func multiplyTwoGroups(
        _ a: onnxlm_qmatmul_args, _ panel: Int, _ group: Int, _ first: UnsafeRawPointer,
        _ second: UnsafeRawPointer, _ hasSecond: Bool
    ) {
        let blocks = Int(a.layout.blocks)
        let paddedK = blocks &* Int(a.layout.block_size)
        let unitsPerBlock = Int(a.layout.block_size) >> 5
        let hasZeros = a.layout.zero_point_kind == ONNXLM_ZERO_POINT_U8
        var w0 = first
        var w1 = second
        var z0 = w0.advanced(by: Int(a.layout.zero_points_byte_offset))
        var z1 = w1.advanced(by: Int(a.layout.zero_points_byte_offset))
        var values = UnsafeRawPointer(a.values) + group &* 4 &* paddedK
        var scales = a.scales + group &* 4 &* blocks
        var sums = a.sums + group &* 4 &* blocks
        let groupValues = 4 &* paddedK
        let groupBlocks = 4 &* blocks
        var f0 = _mm512_setzero_ps()
        var f1 = f0
        var f2 = f0
        var f3 = f0
        var f4 = f0
        var f5 = f0
        var f6 = f0
        var f7 = f0
        var block = 0
        while block < blocks {
            var zero = _mm512_set1_epi32(0xFFF8)
            if hasZeros {
                zero = negatedZeroPoints(z0, z1)
                z0 += 8
                z1 += 8
            }
            var p = correction(zero, sums)
            var q = correction(zero, sums + groupBlocks)
            var unit = 0
            while unit < unitsPerBlock {
                var quad = 0
                while quad < 4 {
                    let both = loadPair(w0 + quad &* 32, w1 + quad &* 32)
                    let low = lowNibbles(both)
                    p = adding(p, low, values + quad &* 16)
                    q = adding(q, low, values + (groupValues &+ quad &* 16))
                    let high = highNibbles(both)
                    p = adding(p, high, values + (64 &+ quad &* 16))
                    q = adding(q, high, values + (groupValues &+ 64 &+ quad &* 16))
                    quad &+= 1
                }
                w0 += 128
                w1 += 128
                values += 128
                unit &+= 1
            }
            let scale = loadFloatPair(w0, w1)
            f0 = addBlock(f0, p.0, scale, scales[0])
            f1 = addBlock(f1, p.1, scale, scales[1])
            f2 = addBlock(f2, p.2, scale, scales[2])
            f3 = addBlock(f3, p.3, scale, scales[3])
            f4 = addBlock(f4, q.0, scale, scales[groupBlocks])
            f5 = addBlock(f5, q.1, scale, scales[groupBlocks &+ 1])
            f6 = addBlock(f6, q.2, scale, scales[groupBlocks &+ 2])
            f7 = addBlock(f7, q.3, scale, scales[groupBlocks &+ 3])
            w0 += 32
            w1 += 32
            scales += 4
            sums += 4
            block &+= 1
        }
        storeRows(a, panel, group, hasSecond, f0, f1, f2, f3)
        storeRows(a, panel, group &+ 1, hasSecond, f4, f5, f6, f7)
    }

    @inline(__always)
    private func multiplyOneGroup(
        _ a: onnxlm_qmatmul_args, _ panel: Int, _ group: Int, _ first: UnsafeRawPointer,
        _ second: UnsafeRawPointer, _ hasSecond: Bool
    ) {
        let blocks = Int(a.layout.blocks)
        let paddedK = blocks &* Int(a.layout.block_size)
        let unitsPerBlock = Int(a.layout.block_size) >> 5
        let hasZeros = a.layout.zero_point_kind == ONNXLM_ZERO_POINT_U8
        var w0 = first
        var w1 = second
        var z0 = w0.advanced(by: Int(a.layout.zero_points_byte_offset))
        var z1 = w1.advanced(by: Int(a.layout.zero_points_byte_offset))
        var values = UnsafeRawPointer(a.values) + group &* 4 &* paddedK
        var scales = a.scales + group &* 4 &* blocks
        var sums = a.sums + group &* 4 &* blocks
        var f0 = _mm512_setzero_ps()
        var f1 = f0
        var f2 = f0
        var f3 = f0
        var block = 0
        while block < blocks {
            var zero = _mm512_set1_epi32(0xFFF8)
            if hasZeros {
                zero = negatedZeroPoints(z0, z1)
                z0 += 8
                z1 += 8
            }
            var p = correction(zero, sums)
            var unit = 0
            while unit < unitsPerBlock {
                var quad = 0
                while quad < 4 {
                    let both = loadPair(w0 + quad &* 32, w1 + quad &* 32)
                    p = adding(p, lowNibbles(both), values + quad &* 16)
                    p = adding(p, highNibbles(both), values + (64 &+ quad &* 16))
                    quad &+= 1
                }
                w0 += 128
                w1 += 128
                values += 128
                unit &+= 1
            }
            let scale = loadFloatPair(w0, w1)
            f0 = addBlock(f0, p.0, scale, scales[0])
            f1 = addBlock(f1, p.1, scale, scales[1])
            f2 = addBlock(f2, p.2, scale, scales[2])
            f3 = addBlock(f3, p.3, scale, scales[3])
            w0 += 32
            w1 += 32
            scales += 4
            sums += 4
            block &+= 1
        }
        storeRows(a, panel, group, hasSecond, f0, f1, f2, f3)
    }
#endif
