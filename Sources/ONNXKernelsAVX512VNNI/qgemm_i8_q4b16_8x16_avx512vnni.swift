// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Groups of four rows of int8 activations times 4-bit panels in blocks of 16, two groups and two panels at a
    /// time: the low nibbles of a unit are one block, the high nibbles the next; see `onnxlm_qmatmul_args`.
    @c(onnxlm_qgemm_i8_q4b16_8x16_avx512vnni)
    package func qgemm_i8_q4b16_8x16_avx512vnni(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        if args.pointee.layout.zero_point_kind == ONNXLM_ZERO_POINT_U8 {
            multiplyPanels(args.pointee, hasZeros: true)
        } else {
            multiplyPanels(args.pointee, hasZeros: false)
        }
    }

    @inline(__always)
    private func multiplyPanels(_ a: onnxlm_qmatmul_args, hasZeros: Bool) {
        let groups = Int(a.row_groups)
        let end = Int(a.first_panel &+ a.panel_count)
        var panel = Int(a.first_panel)
        while panel < end {
            let hasSecond = panel &+ 1 < end
            var group = 0
            while group &+ 1 < groups {
                multiplyTile(a, panel, group, hasSecond: hasSecond, isPair: true, hasZeros: hasZeros)
                group &+= 2
            }
            if group < groups {
                multiplyTile(a, panel, group, hasSecond: hasSecond, isPair: false, hasZeros: hasZeros)
            }
            panel &+= 2
        }
    }

    /// One group of rows, or two, times two panels.
    @inline(__always)
    private func multiplyTile(
        _ a: onnxlm_qmatmul_args, _ panel: Int, _ group: Int, hasSecond: Bool, isPair: Bool, hasZeros: Bool
    ) {
        let blocks = Int(a.layout.blocks)
        let groupBlocks = 4 &* blocks
        let groupValues = groupBlocks &* 16
        let scaleBytes = scaleByteCount(a.layout)
        var w = PanelPair(a, panel, hasSecond: hasSecond)
        var values = UnsafeRawPointer(a.values) + group &* groupValues
        var scales = a.scales + group &* groupBlocks
        var sums = a.sums + group &* groupBlocks
        var f = noFloats()
        var g = f
        var block = 0
        while block < blocks {
            let isHigh = block & 1 == 1
            var p = noProducts()
            var q = p
            if hasZeros {
                let zeros = w.takeNegatedZeros()
                p = zeroProducts(zeros, sums)
                if isPair { q = zeroProducts(zeros, sums + groupBlocks) }
            }
            var quad = 0
            while quad < 4 {
                let both = w.bytes(quad &* 32)
                let nibbles = isHigh ? highNibbles(both) : lowNibbles(both)
                p = adding(p, nibbles, values + quad &* 16)
                if isPair { q = adding(q, nibbles, values + (groupValues &+ quad &* 16)) }
                quad &+= 1
            }
            if !hasZeros {
                p = centred(p, sums, shift: 3)
                if isPair { q = centred(q, sums + groupBlocks, shift: 3) }
            }
            let weights = w.scales(128 &+ (isHigh ? scaleBytes : 0), a.layout.scale_type)
            f = addBlock(f, p, weights, scales)
            if isPair { g = addBlock(g, q, weights, scales + groupBlocks) }
            if isHigh { w.advance(128 &+ 2 &* scaleBytes) }
            values += 64
            scales += 4
            sums += 4
            block &+= 1
        }
        storeRows(a, panel, group, hasSecond: hasSecond, f)
        if isPair { storeRows(a, panel, group &+ 1, hasSecond: hasSecond, g) }
    }
#endif
