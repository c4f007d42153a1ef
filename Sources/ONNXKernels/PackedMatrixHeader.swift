// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
import ONNXErrors

/// The first 128 bytes of a packed matrix: everything that its layout follows from.
///
/// The whole is one relocatable region: header, panels, bias (N rounded up to 8 floats), permutation (one int32 per
/// packed input). Multi-byte numbers are little-endian.
struct PackedMatrixHeader: Equatable {
    static let magic: UInt64 = 0x584C_4D51_4E4E_4F31
    /// Raised whenever the meaning of the bytes changes.
    static let version: UInt32 = 3
    static let byteCount = 128

    var bits: Int
    var blockSize: Int
    /// Inputs and outputs as the caller sees them.
    var k: Int
    var n: Int
    /// Blocks of a packed column; more than `k` fills when inputs are regrouped.
    var blocks: Int
    var zeroPointKind: Int32
    var scaleType: Int32
    var usesQuantizedActivations: Bool
    var hasBias: Bool
    var hasPermutation: Bool

    var panelCount: Int { (n + 7) / 8 }
    var units: Int { (blocks * blockSize + 31) / 32 }
    var paddedK: Int { units * 32 }

    var unitByteCount: Int { bits == 4 ? 128 : 256 }
    var unitsPerRecord: Int { max(1, blockSize / 32) }
    /// Of the eight scales of a block.
    var scaleByteCount: Int { scaleType == ONNXLM_SCALE_F16 ? 16 : 32 }

    var layout: onnxlm_panel_layout {
        let zeroBytes =
            switch zeroPointKind {
            case ONNXLM_ZERO_POINT_U8: 8
            case ONNXLM_ZERO_POINT_F32: 32
            default: 0
            }
        let parameterBytes = scaleByteCount + zeroBytes
        let recordBytes = unitsPerRecord * unitByteCount + (blockSize < 32 ? 2 : 1) * parameterBytes
        let records = units / unitsPerRecord
        return onnxlm_panel_layout(
            bits: Int32(bits), block_size: Int32(blockSize), zero_point_kind: zeroPointKind,
            scale_type: scaleType,
            blocks: Int64(blocks), units: Int64(units), record_byte_count: Int64(recordBytes),
            parameter_byte_count: Int64(parameterBytes),
            panel_byte_stride: Int64((records * recordBytes + 63) / 64 * 64))
    }

    var biasOffset: Int { Self.byteCount + panelCount * Int(layout.panel_byte_stride) }
    var permutationOffset: Int { biasOffset + (hasBias ? panelCount * 32 : 0) }
    var totalByteCount: Int {
        (permutationOffset + (hasPermutation ? paddedK * 4 : 0) + 63) / 64 * 64
    }

    func write(to bytes: UnsafeMutableRawBufferPointer) {
        let fields: [UInt64] = [
            Self.magic, UInt64(Self.version), UInt64(bits), UInt64(blockSize), UInt64(k), UInt64(n),
            UInt64(blocks),
            UInt64(zeroPointKind), UInt64(scaleType), usesQuantizedActivations ? 1 : 0, hasBias ? 1 : 0,
            hasPermutation ? 1 : 0, UInt64(totalByteCount),
        ]
        for (index, field) in fields.enumerated() {
            bytes.storeBytes(of: field.littleEndian, toByteOffset: index * 8, as: UInt64.self)
        }
    }

    init(
        bits: Int, blockSize: Int, k: Int, n: Int, blocks: Int, zeroPointKind: Int32, scaleType: Int32,
        usesQuantizedActivations: Bool, hasBias: Bool, hasPermutation: Bool
    ) {
        self.bits = bits
        self.blockSize = blockSize
        self.k = k
        self.n = n
        self.blocks = blocks
        self.zeroPointKind = zeroPointKind
        self.scaleType = scaleType
        self.usesQuantizedActivations = usesQuantizedActivations
        self.hasBias = hasBias
        self.hasPermutation = hasPermutation
    }

    /// Reads and checks a header that comes from a file.
    init(reading bytes: UnsafeRawBufferPointer) throws(ONNXError) {
        let refusal = ONNXError(
            "kernel.packed_matrix",
            "The \(bytes.count) bytes are no packed matrix of this version; pack it again.")
        guard bytes.count >= Self.byteCount else { throw refusal }
        var fields: [Int] = []
        for index in 0..<13 {
            let field = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
            guard index == 0 || field < 1 << 48 else { throw refusal }
            fields.append(Int(truncatingIfNeeded: field))
        }
        guard fields[0] == Int(truncatingIfNeeded: Self.magic), fields[1] == Int(Self.version),
            fields[2] == 4 || fields[2] == 8, (16...256).contains(fields[3]),
            fields[3] & (fields[3] - 1) == 0,
            fields[4] < 1 << 40, fields[5] < 1 << 40, fields[6] < 1 << 36, fields[7] <= 2, fields[8] <= 1,
            fields[9...11].allSatisfy({ $0 <= 1 })
        else { throw refusal }
        self.init(
            bits: fields[2], blockSize: fields[3], k: fields[4], n: fields[5], blocks: fields[6],
            zeroPointKind: Int32(fields[7]), scaleType: Int32(fields[8]),
            usesQuantizedActivations: fields[9] == 1,
            hasBias: fields[10] == 1,
            hasPermutation: fields[11] == 1)
        // Bounds the product of the stride (at most 2^46) and the panels before it is computed.
        let stride = layout.panel_byte_stride
        let (panels, overflow) = Int(stride).multipliedReportingOverflow(by: panelCount)
        guard !overflow, panels <= bytes.count, paddedK >= k, blocks * blockSize == paddedK,
            !hasPermutation || paddedK * 4 <= bytes.count, totalByteCount == fields[12],
            totalByteCount == bytes.count
        else { throw refusal }
    }
}
