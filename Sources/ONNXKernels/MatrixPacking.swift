// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
import ONNXErrors

/// Turns a ``QuantizedMatrixSource`` into the panels of `onnxlm_panel_layout`.
struct MatrixPacking {
    let source: QuantizedMatrixSource
    let header: PackedMatrixHeader
    /// Packed input → input of the source, −1 for padding; nil if they are the same.
    private let permutation: [Int32]?
    /// Packed block → block of the source whose scale it uses; nil if they are the same.
    private let blockGroups: [Int]?

    init(_ source: QuantizedMatrixSource) throws(ONNXError) {
        try source.validate()
        self.source = source
        var blocks = source.blocksPerRow
        if source.groupIndex != nil {
            let regrouped = Self.regroup(source)
            permutation = regrouped.permutation
            blockGroups = regrouped.groups
            blocks = regrouped.groups.count
        } else if source.blockSize > source.packedBlockSize {
            permutation = nil
            let parts = source.blockSize / source.packedBlockSize
            blocks = (source.k + source.packedBlockSize - 1) / source.packedBlockSize
            blockGroups = (0..<blocks).map { $0 / parts }
        } else {
            permutation = nil
            blockGroups = nil
        }
        if source.blockSize < 32 { blocks += blocks % 2 }
        let kind: Int32 =
            switch source.zeroPoints {
            case .none where source.bits == 2: ONNXLM_ZERO_POINT_U8
            case .none: ONNXLM_ZERO_POINT_NONE
            case .packed: ONNXLM_ZERO_POINT_U8
            case .float: ONNXLM_ZERO_POINT_F32
            }
        // Products that keep float activations promise the exact weights.
        let isExact = source.exactScales || !source.usesQuantizedActivations
        let isHalf = HalfScale.canStore(source.scales, exactly: isExact)
        let paddedPermutation = permutation.map { $0.count < blocks * source.packedBlockSize }
        header = PackedMatrixHeader(
            bits: source.bits == 8 ? 8 : 4, blockSize: source.packedBlockSize, k: source.k, n: source.n,
            blocks: blocks,
            zeroPointKind: kind, scaleType: isHalf ? ONNXLM_SCALE_F16 : ONNXLM_SCALE_F32,
            usesQuantizedActivations: source.usesQuantizedActivations,
            hasBias: source.bias != nil, hasPermutation: paddedPermutation != nil)
    }

    /// Sorts the inputs by group and fills each group up to whole blocks.
    private static func regroup(_ source: QuantizedMatrixSource) -> (permutation: [Int32], groups: [Int]) {
        var members = [[Int32]](repeating: [], count: source.blocksPerRow)
        if let groupIndex = source.groupIndex {
            for input in 0..<source.k {
                let group = groupIndex.loadUnaligned(fromByteOffset: input * 4, as: Int32.self)
                members[Int(group)].append(Int32(input))
            }
        }
        var permutation: [Int32] = []
        var groups: [Int] = []
        let length = source.packedBlockSize
        for (group, inputs) in members.enumerated() where !inputs.isEmpty {
            let count = (inputs.count + length - 1) / length
            permutation += inputs
            permutation += [Int32](repeating: -1, count: count * length - inputs.count)
            groups += [Int](repeating: group, count: count)
        }
        return (permutation, groups)
    }

    /// Writes the packed matrix over zeros.
    func write(to bytes: UnsafeMutableRawBufferPointer, workers: WorkerPool) {
        guard let base = bytes.baseAddress else { return }
        header.write(to: bytes)
        let layout = header.layout
        workers.run(count: header.blocks == 0 ? 0 : header.panelCount) { panel in
            let start = base + (PackedMatrixHeader.byteCount + panel * Int(layout.panel_byte_stride))
            for index in 0..<min(8, source.n - panel * 8) {
                let column = PanelColumn(of: start, index, header, layout)
                writeValues(row: panel * 8 + index, to: column)
                writeScales(row: panel * 8 + index, to: column)
                writeZeroPoints(row: panel * 8 + index, to: column)
            }
        }
        if let bias = source.bias {
            for index in 0..<source.n {
                let value = bias.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
                base.storeBytes(of: value, toByteOffset: header.biasOffset + index * 4, as: UInt32.self)
            }
        }
        if let permutation {
            for index in 0..<header.paddedK {
                let value = index < permutation.count ? permutation[index] : -1
                base.storeBytes(of: value, toByteOffset: header.permutationOffset + index * 4, as: Int32.self)
            }
        }
    }

    private func writeValues(row: Int, to column: PanelColumn) {
        let rowBytes = source.blocksPerRow * (source.blockSize * source.bits / 8)
        guard let values = source.values.baseAddress.map({ $0 + row * rowBytes }) else { return }
        let inputs = min(header.paddedK, permutation?.count ?? source.k)
        let straight = source.bits == header.bits && permutation == nil ? inputs / 32 : 0
        if header.bits == 4 {
            column.forEachUnit(in: 0..<straight) { $1.write4(values + $0 &* 16) }
        } else {
            column.forEachUnit(in: 0..<straight) { $1.write8(values + $0 &* 32) }
        }
        column.forEachUnit(in: straight..<header.units) { unit, target in
            for within in 0..<32 where unit * 32 + within < inputs {
                let input = permutation.map { Int($0[unit * 32 + within]) } ?? unit * 32 + within
                if input < 0 { continue }
                target.write(element(values, input), bits: header.bits, at: within)
            }
        }
    }

    @inline(__always)
    private func element(_ bytes: UnsafeRawPointer, _ index: Int) -> UInt8 {
        switch source.bits {
        case 8: return bytes.load(fromByteOffset: index, as: UInt8.self)
        case 4: return (bytes.load(fromByteOffset: index >> 1, as: UInt8.self) >> (UInt8(index & 1) * 4)) & 15
        default: return (bytes.load(fromByteOffset: index >> 2, as: UInt8.self) >> (UInt8(index & 3) * 2)) & 3
        }
    }

    private func writeScales(row: Int, to column: PanelColumn) {
        let rowBytes = source.blocksPerRow * 4
        guard let scales = source.scales.baseAddress.map({ $0 + row * rowBytes }) else { return }
        if header.scaleType == ONNXLM_SCALE_F16 {
            forEachBlock(of: column) { block, target in
                let scale = scales.loadUnaligned(fromByteOffset: block &* 4, as: UInt32.self)
                column.store(HalfScale.nearest(scale), to: target)
            }
        } else {
            forEachBlock(of: column) { block, target in
                column.store(scales.loadUnaligned(fromByteOffset: block &* 4, as: UInt32.self), to: target)
            }
        }
    }

    private func writeZeroPoints(row: Int, to column: PanelColumn) {
        let scaleBytes = header.scaleByteCount
        switch source.zeroPoints {
        case .none:
            // Values of 2 bits lie around 2, those of 4 bits around 8.
            guard source.bits == 2 else { return }
            forEachBlock(of: column) { column.store(UInt8(2), to: $1 + scaleBytes) }
        case .packed(let bytes):
            let rowBytes = source.zeroPointBytesPerRow
            guard let zeros = bytes.baseAddress.map({ $0 + row * rowBytes }) else { return }
            forEachBlock(of: column) { column.store(element(zeros, $0), to: $1 + scaleBytes) }
        case .float(let bytes):
            let rowBytes = source.blocksPerRow * 4
            guard let zeros = bytes.baseAddress.map({ $0 + row * rowBytes }) else { return }
            forEachBlock(of: column) { block, target in
                let zero = zeros.loadUnaligned(fromByteOffset: block &* 4, as: UInt32.self)
                column.store(zero, to: target + scaleBytes)
            }
        }
    }

    /// Hands out the block of the source that each packed block belongs to, and where the parameters of that begin.
    @inline(__always)
    private func forEachBlock(
        of column: PanelColumn, _ body: (_ block: Int, _ target: UnsafeMutableRawPointer) -> Void
    ) {
        column.forEachBlock(blockGroups?.count ?? source.blocksPerRow) { block, target in
            body(blockGroups?[block] ?? block, target)
        }
    }
}
