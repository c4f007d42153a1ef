// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Groups of four rows of int8 activations times 4-bit panels in blocks of 32 and more, two groups and two panels
    /// at a time; see `onnxlm_qmatmul_args`.
    @c(onnxlm_qgemm_i8_q4_8x16_avx512vnni)
    package func qgemm_i8_q4_8x16_avx512vnni(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let hasZeros = args.pointee.layout.zero_point_kind == ONNXLM_ZERO_POINT_U8
        let groups = Int(args.pointee.row_groups)
        let end = Int(args.pointee.first_panel &+ args.pointee.panel_count)
        var panel = Int(args.pointee.first_panel)
        while panel < end {
            let hasSecond = panel &+ 1 < end
            var group = 0
            while group < groups {
                let isPair = group &+ 1 < groups
                if isPair && hasZeros {
                    multiplyPairWithZerosQ4(args, panel, group, hasSecond)
                } else if isPair {
                    multiplyPairQ4(args, panel, group, hasSecond)
                } else if hasZeros {
                    multiplyOneWithZerosQ4(args, panel, group, hasSecond)
                } else {
                    multiplyOneQ4(args, panel, group, hasSecond)
                }
                group &+= 2
            }
            panel &+= 2
        }
    }

    // Functions of their own, so that each is compiled for its case alone; with C names, so that no symbol is weak.

    @c(onnxlm_qgemm_i8_q4_pair_with_zeros_avx512vnni) @inline(never)
    func multiplyPairWithZerosQ4(
        _ a: UnsafePointer<onnxlm_qmatmul_args>, _ panel: Int, _ group: Int, _ hasSecond: Bool
    ) {
        multiplyTile(a.pointee, panel, group, hasSecond: hasSecond, isPair: true, hasZeros: true)
    }

    @c(onnxlm_qgemm_i8_q4_pair_avx512vnni) @inline(never)
    func multiplyPairQ4(
        _ a: UnsafePointer<onnxlm_qmatmul_args>, _ panel: Int, _ group: Int, _ hasSecond: Bool
    ) {
        multiplyTile(a.pointee, panel, group, hasSecond: hasSecond, isPair: true, hasZeros: false)
    }

    @c(onnxlm_qgemm_i8_q4_one_with_zeros_avx512vnni) @inline(never)
    func multiplyOneWithZerosQ4(
        _ a: UnsafePointer<onnxlm_qmatmul_args>, _ panel: Int, _ group: Int, _ hasSecond: Bool
    ) {
        multiplyTile(a.pointee, panel, group, hasSecond: hasSecond, isPair: false, hasZeros: true)
    }

    @c(onnxlm_qgemm_i8_q4_one_avx512vnni) @inline(never)
    func multiplyOneQ4(
        _ a: UnsafePointer<onnxlm_qmatmul_args>, _ panel: Int, _ group: Int, _ hasSecond: Bool
    ) {
        multiplyTile(a.pointee, panel, group, hasSecond: hasSecond, isPair: false, hasZeros: false)
    }

    /// One group of rows, or two, times two panels.
    @inline(__always)
    private func multiplyTile(
        _ a: onnxlm_qmatmul_args, _ panel: Int, _ group: Int, hasSecond: Bool, isPair: Bool, hasZeros: Bool
    ) {
        let blocks = Int(a.layout.blocks)
        let groupBlocks = 4 &* blocks
        let groupValues = groupBlocks &* Int(a.layout.block_size)
        let unitsPerBlock = Int(a.layout.block_size) >> 5
        let parameterBytes = Int(a.layout.parameter_byte_count)
        let zerosOffset = unitsPerBlock &* 128 &+ scaleByteCount(a.layout)
        var w = PanelPair(a, panel, hasSecond: hasSecond)
        var values = UnsafeRawPointer(a.values) + group &* groupValues
        var scales = a.scales + group &* groupBlocks
        var starts = (hasZeros ? a.sums : a.centres) + group &* groupBlocks
        var f = noFloats()
        var g = f
        var block = 0
        while block < blocks {
            var p: Four
            var q: Four
            if hasZeros {
                let zeros = w.negatedZeros(zerosOffset)
                p = zeroProducts(zeros, starts)
                q = isPair ? zeroProducts(zeros, starts + groupBlocks) : p
            } else {
                p = centres(starts)
                q = isPair ? centres(starts + groupBlocks) : p
            }
            var unit = 0
            while unit < unitsPerBlock {
                if group == 0 { w.askForNextPair() }
                (p, q) = addingBothNibbles(p, q, w.bytes(0), values, groupValues, isPair: isPair)
                (p, q) = addingBothNibbles(p, q, w.bytes(32), values + 16, groupValues, isPair: isPair)
                (p, q) = addingBothNibbles(p, q, w.bytes(64), values + 32, groupValues, isPair: isPair)
                (p, q) = addingBothNibbles(p, q, w.bytes(96), values + 48, groupValues, isPair: isPair)
                w.advance(128)
                values += 128
                unit &+= 1
            }
            let weights = w.scales(0, a.layout.scale_type)
            f = addBlock(f, p, weights, scales)
            if isPair { g = addBlock(g, q, weights, scales + groupBlocks) }
            w.advance(parameterBytes)
            scales += 4
            starts += 4
            block &+= 1
        }
        storeRows(a, panel, group, hasSecond: hasSecond, f)
        if isPair { storeRows(a, panel, group &+ 1, hasSecond: hasSecond, g) }
    }

    /// Adds the products of both nibbles, whose activations lie 64 bytes apart.
    @inline(__always)
    private func addingBothNibbles(
        _ p: Four, _ q: Four, _ both: __m512i, _ values: UnsafeRawPointer, _ groupValues: Int, isPair: Bool
    ) -> (Four, Four) {
        let (p, q) = addingQuad(p, q, lowNibbles(both), values, groupValues, isPair: isPair)
        return addingQuad(p, q, highNibbles(both), values + 64, groupValues, isPair: isPair)
    }
#endif
