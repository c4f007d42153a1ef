// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension QuantizedMatrixSource {
    /// Inputs of the longest block that the kernels know.
    static let longestPackedBlock = 256

    /// Inputs of a block of the packed form.
    var packedBlockSize: Int { min(blockSize, Self.longestPackedBlock) }

    /// Blocks in a row.
    var blocksPerRow: Int { k / blockSize + (k % blockSize == 0 ? 0 : 1) }

    /// Bytes of one row of packed zero points.
    var zeroPointBytesPerRow: Int { (blocksPerRow * bits + 7) / 8 }

    /// Whether products may quantise the activations to 8 bits.
    var usesQuantizedActivations: Bool {
        var hasFloatZeroPoints = false
        if case .float = zeroPoints { hasFloatZeroPoints = true }
        return Self.quantizesActivations(
            accuracyLevel: accuracyLevel, bits: bits, blockSize: blockSize,
            hasFloatZeroPoints: hasFloatZeroPoints, hasGroupIndex: groupIndex != nil)
    }

    /// Whether products of a matrix of this form may quantise the activations to 8 bits.
    ///
    /// Where onnxruntime has no such kernel (float zero points, group indices, 2 bits in blocks of 16, 256 or more) the
    /// activations stay floats, so that level 4 means the same arithmetic.
    package static func quantizesActivations(
        accuracyLevel: Int, bits: Int, blockSize: Int, hasFloatZeroPoints: Bool, hasGroupIndex: Bool
    ) -> Bool {
        accuracyLevel == 4 && !hasGroupIndex && !hasFloatZeroPoints
            && (bits != 2 || (blockSize != 16 && blockSize < 256))
    }

    /// Checks every number and length; after it, plain arithmetic on them cannot overflow.
    func validate() throws(ONNXError) {
        func refuse(_ what: String) -> ONNXError {
            ONNXError("kernel.quantized_matrix", "A quantised matrix [\(n), \(k)] cannot be packed: \(what).")
        }
        guard bits == 2 || bits == 4 || bits == 8 else {
            throw refuse("\(bits) bits; 2, 4 or 8 are supported")
        }
        guard (16...1 << 30).contains(blockSize), blockSize & (blockSize - 1) == 0 else {
            throw refuse("block size \(blockSize); powers of two from 16 are supported")
        }
        guard (0...4).contains(accuracyLevel) else {
            throw refuse("accuracy level \(accuracyLevel); 0 to 4 exist")
        }
        guard k >= 0, n >= 0, k < 1 << 40, n < 1 << 40 else { throw refuse("its size is out of range") }
        let (blocks, blocksOverflow) = n.multipliedReportingOverflow(by: blocksPerRow)
        let (valueBytes, bytesOverflow) = blocks.multipliedReportingOverflow(by: blockSize * bits / 8)
        guard !blocksOverflow, !bytesOverflow, blocks < 1 << 44 else {
            throw refuse("its size is out of range")
        }
        try check(values, valueBytes, "values", refuse)
        try check(scales, blocks * 4, "scales", refuse)
        switch zeroPoints {
        case .none: break
        case .packed(let bytes): try check(bytes, n * zeroPointBytesPerRow, "packed zero points", refuse)
        case .float(let bytes): try check(bytes, blocks * 4, "float zero points", refuse)
        }
        if let bias { try check(bias, n * 4, "bias", refuse) }
        guard let groupIndex else { return }
        try check(groupIndex, k * 4, "group index", refuse)
        for input in 0..<k {
            let group = groupIndex.loadUnaligned(fromByteOffset: input * 4, as: Int32.self)
            guard group >= 0, Int(group) < blocksPerRow else {
                throw refuse(
                    "group index \(group) of input \(input) is not one of its \(blocksPerRow) blocks")
            }
        }
    }

    private func check(
        _ bytes: UnsafeRawBufferPointer, _ needed: Int, _ what: String, _ refuse: (String) -> ONNXError
    ) throws(ONNXError) {
        if bytes.count != needed {
            throw refuse("its \(what) have \(bytes.count) bytes where \(needed) are needed")
        }
    }
}
