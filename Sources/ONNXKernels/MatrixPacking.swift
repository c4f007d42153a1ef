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
            let target = base + (PackedMatrixHeader.byteCount + panel * Int(layout.panel_byte_stride))
            for column in 0..<min(8, source.n - panel * 8) {
                writeValues(row: panel * 8 + column, column: column, to: target, layout)
                writeScales(row: panel * 8 + column, column: column, to: target, layout)
                writeZeroPoints(row: panel * 8 + column, column: column, to: target, layout)
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

    private func writeValues(
        row: Int, column: Int, to panel: UnsafeMutableRawPointer, _ layout: onnxlm_panel_layout
    ) {
        let rowBytes = source.blocksPerRow * (source.blockSize * source.bits / 8)
        guard let values = source.values.baseAddress.map({ $0 + row * rowBytes }) else { return }
        let units = RecordUnits(blockSize: header.blockSize, unitBytes: header.bits == 4 ? 128 : 256, layout)
        let inputs = min(header.paddedK, permutation?.count ?? source.k)
        let straight = source.bits == header.bits && permutation == nil ? inputs / 32 : 0
        if header.bits == 4 {
            units.forEach(in: 0..<straight, of: panel) {
                UnitColumn.write4(values + $0 &* 16, column, of: $1)
            }
        } else {
            units.forEach(in: 0..<straight, of: panel) {
                UnitColumn.write8(values + $0 &* 32, column, of: $1)
            }
        }
        units.forEach(in: straight..<header.units, of: panel) { unit, target in
            for within in 0..<32 where unit * 32 + within < inputs {
                let input = permutation.map { Int($0[unit * 32 + within]) } ?? unit * 32 + within
                if input < 0 { continue }
                UnitColumn.write(element(values, input), bits: header.bits, within, column, of: target)
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

    private func writeScales(
        row: Int, column: Int, to panel: UnsafeMutableRawPointer, _ layout: onnxlm_panel_layout
    ) {
        guard let scales = source.scales.baseAddress.map({ $0 + row * source.blocksPerRow * 4 }) else {
            return
        }
        if header.scaleType == ONNXLM_SCALE_F16 {
            forEachBlock(of: panel, layout) { block, target in
                let scale = scales.loadUnaligned(fromByteOffset: block &* 4, as: UInt32.self)
                target.storeBytes(of: HalfScale.nearest(scale), toByteOffset: column &* 2, as: UInt16.self)
            }
        } else {
            forEachBlock(of: panel, layout) { block, target in
                let scale = scales.loadUnaligned(fromByteOffset: block &* 4, as: UInt32.self)
                target.storeBytes(of: scale, toByteOffset: column &* 4, as: UInt32.self)
            }
        }
    }

    private func writeZeroPoints(
        row: Int, column: Int, to panel: UnsafeMutableRawPointer, _ layout: onnxlm_panel_layout
    ) {
        let scaleBytes = header.scaleType == ONNXLM_SCALE_F16 ? 16 : 32
        switch source.zeroPoints {
        case .none:
            // Values of 2 bits lie around 2, those of 4 bits around 8.
            guard source.bits == 2 else { return }
            forEachBlock(of: panel + scaleBytes, layout) { _, target in
                target.storeBytes(of: 2, toByteOffset: column, as: UInt8.self)
            }
        case .packed(let bytes):
            guard let zeros = bytes.baseAddress.map({ $0 + row * source.zeroPointBytesPerRow }) else {
                return
            }
            forEachBlock(of: panel + scaleBytes, layout) { block, target in
                target.storeBytes(of: element(zeros, block), toByteOffset: column, as: UInt8.self)
            }
        case .float(let bytes):
            guard let zeros = bytes.baseAddress.map({ $0 + row * source.blocksPerRow * 4 }) else { return }
            forEachBlock(of: panel + scaleBytes, layout) { block, target in
                let zero = zeros.loadUnaligned(fromByteOffset: block &* 4, as: UInt32.self)
                target.storeBytes(of: zero, toByteOffset: column &* 4, as: UInt32.self)
            }
        }
    }

    /// Hands out the block of the source that each packed block belongs to, and where the parameters of that begin.
    @inline(__always)
    private func forEachBlock(
        of panel: UnsafeMutableRawPointer, _ layout: onnxlm_panel_layout,
        _ body: (_ block: Int, _ target: UnsafeMutableRawPointer) -> Void
    ) {
        let recordBytes = Int(layout.record_byte_count)
        // After blocks of even numbers, after those of odd ones.
        var steps = (recordBytes, recordBytes)
        if header.blockSize < 32 {
            steps.0 = Int(layout.parameter_byte_count)
            steps.1 -= steps.0
        }
        let blocks = blockGroups?.count ?? source.blocksPerRow
        var target = panel + max(1, header.blockSize / 32) * (header.bits == 4 ? 128 : 256)
        var block = 0
        while block < blocks {
            body(blockGroups?[block] ?? block, target)
            target += block & 1 == 0 ? steps.0 : steps.1
            block &+= 1
        }
    }
}

/// Where the units of a panel lie.
private struct RecordUnits {
    private let unitsPerRecord: Int
    private let unitBytes: Int
    private let recordBytes: Int

    init(blockSize: Int, unitBytes: Int, _ layout: onnxlm_panel_layout) {
        unitsPerRecord = max(1, blockSize / 32)
        self.unitBytes = unitBytes
        recordBytes = Int(layout.record_byte_count)
    }

    @inline(__always)
    func forEach(
        in units: Range<Int>, of panel: UnsafeMutableRawPointer,
        _ body: (_ unit: Int, _ target: UnsafeMutableRawPointer) -> Void
    ) {
        var within = units.lowerBound % unitsPerRecord
        var target = panel + (units.lowerBound / unitsPerRecord * recordBytes + within * unitBytes)
        let parameterBytes = recordBytes - unitsPerRecord * unitBytes
        var unit = units.lowerBound
        while unit < units.upperBound {
            body(unit, target)
            target += unitBytes
            unit &+= 1
            within &+= 1
            if within == unitsPerRecord {
                within = 0
                target += parameterBytes
            }
        }
    }
}
