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
        let unitBytes = header.bits == 4 ? 128 : 256
        let unitsPerRecord = max(1, header.blockSize / 32)
        let inputs = min(header.paddedK, permutation?.count ?? source.k)
        let isStraight4 = source.bits == 4 && permutation == nil
        for unit in 0..<header.units {
            let record = unit / unitsPerRecord * Int(layout.record_byte_count)
            let target = panel + (record + unit % unitsPerRecord * unitBytes + column * 4)
            if isStraight4 && unit * 32 + 32 <= inputs {
                Self.interleave4(values + unit * 16, into: target)
                continue
            }
            for within in 0..<32 where unit * 32 + within < inputs {
                let input = permutation.map { Int($0[unit * 32 + within]) } ?? unit * 32 + within
                if input < 0 { continue }
                let value = element(values, input)
                if header.bits == 8 {
                    target.storeBytes(
                        of: value ^ 0x80, toByteOffset: within / 4 * 32 + within % 4, as: UInt8.self)
                } else {
                    let offset = within % 16 / 4 * 32 + within % 4
                    let byte = target.load(fromByteOffset: offset, as: UInt8.self)
                    target.storeBytes(
                        of: byte | (within < 16 ? value : value << 4), toByteOffset: offset, as: UInt8.self)
                }
            }
        }
    }

    /// Spreads 32 consecutive 4-bit values over one column of a unit.
    @inline(__always)
    private static func interleave4(_ source: UnsafeRawPointer, into target: UnsafeMutableRawPointer) {
        let low = UInt64(littleEndian: source.loadUnaligned(as: UInt64.self))
        let high = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        for quad in 0..<4 {
            let first = UInt32(truncatingIfNeeded: low >> UInt64(quad * 16)) & 0xFFFF
            let second = UInt32(truncatingIfNeeded: high >> UInt64(quad * 16)) & 0xFFFF
            let word = spread(first) | spread(second) << 4
            target.storeBytes(of: word.littleEndian, toByteOffset: quad * 32, as: UInt32.self)
        }
    }

    /// Four nibbles to the low halves of four bytes.
    @inline(__always)
    private static func spread(_ nibbles: UInt32) -> UInt32 {
        let pairs = (nibbles | nibbles << 8) & 0x00FF_00FF
        return (pairs | pairs << 4) & 0x0F0F_0F0F
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
        let perRow = source.blocksPerRow
        let perRecord = header.blockSize < 32 ? 2 : 1
        let unitBytes = header.bits == 4 ? 128 : 256
        let parametersStart = max(1, header.blockSize / 32) * unitBytes
        let parameterBytes = Int(layout.parameter_byte_count)
        let scaleBytes = header.scaleType == ONNXLM_SCALE_F16 ? 16 : 32
        for block in 0..<(blockGroups?.count ?? perRow) {
            let sourceBlock = blockGroups?[block] ?? block
            let index = row * perRow + sourceBlock
            let scale = source.scales.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
            let record = block / perRecord * Int(layout.record_byte_count)
            let scales = panel + (record + parametersStart + block % perRecord * parameterBytes)
            if header.scaleType == ONNXLM_SCALE_F16 {
                let half = HalfScale.nearest(bits: scale) ?? 0
                scales.storeBytes(of: half, toByteOffset: column * 2, as: UInt16.self)
            } else {
                scales.storeBytes(of: scale, toByteOffset: column * 4, as: UInt32.self)
            }
            let zeros = scales + scaleBytes
            switch source.zeroPoints {
            case .none:
                if source.bits == 2 { zeros.storeBytes(of: 2, toByteOffset: column, as: UInt8.self) }
            case .packed(let bytes):
                guard let rows = bytes.baseAddress else { continue }
                let value = element(rows + row * source.zeroPointBytesPerRow, sourceBlock)
                zeros.storeBytes(of: value, toByteOffset: column, as: UInt8.self)
            case .float(let bytes):
                let value = bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
                zeros.storeBytes(of: value, toByteOffset: column * 4, as: UInt32.self)
            }
        }
    }
}
