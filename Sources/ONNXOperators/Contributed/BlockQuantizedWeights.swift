// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// The attributes and weight inputs of MatMulNBits, and what their shapes must be.
///
/// Serves at load and at run time alike: nothing reads the weights before ``check(_:)`` has passed.
struct BlockQuantizedWeights: Sendable, Hashable {
    /// Types of the weight inputs; nil where the node leaves one out.
    struct Types {
        var values: TensorType
        var scales: TensorType
        var zeroPoints: TensorType?
        var groupIndex: TensorType?
        var bias: TensorType?
    }

    let inputs: Int
    let outputs: Int
    let bits: Int
    let blockSize: Int

    /// Blocks along the inputs of one output.
    let blocks: Int
    /// Bytes of one block.
    let blockByteCount: Int
    /// Bytes of the packed zero points of one output.
    let zeroPointByteCount: Int

    /// Checks the attributes K, N, bits and block_size.
    ///
    /// - Throws: `attr.value` or `tensor.overflow`.
    init(inputs: Int, outputs: Int, bits: Int, blockSize: Int) throws(ONNXError) {
        guard inputs > 0, outputs > 0 else {
            throw ONNXError("attr.value", "K is \(inputs) and N is \(outputs); both must be positive.")
        }
        guard bits == 2 || bits == 4 || bits == 8 else {
            throw ONNXError("attr.value", "bits is \(bits); 2, 4 and 8 are supported.")
        }
        guard blockSize >= 16, blockSize <= 1 << 30, blockSize & (blockSize - 1) == 0 else {
            throw ONNXError(
                "attr.value", "block_size is \(blockSize); powers of two from 16 are supported.")
        }
        self.inputs = inputs
        self.outputs = outputs
        self.bits = bits
        self.blockSize = blockSize
        blocks = (inputs - 1) / blockSize + 1
        blockByteCount = blockSize * bits / 8
        zeroPointByteCount = try ElementType.uint8.byteCount(
            forElements: (blocks + 8 / bits - 1) / (8 / bits))
        _ = try Shape([outputs, blocks, blockSize])
    }

    /// Checks types and shapes of the weight inputs.
    ///
    /// - Throws: `op.shape` or `tensor.dtype_unsupported`.
    func check(_ types: Types) throws(ONNXError) {
        try expect(types.values, "B", .uint8, [[outputs, blocks, blockByteCount]])
        try expect(types.scales, "scales", .float32, [[outputs, blocks], [outputs * blocks]])
        if let zeroPoints = types.zeroPoints {
            if zeroPoints.elementType == .uint8 {
                let flat = outputs * zeroPointByteCount
                try expect(
                    zeroPoints, "zero_points", .uint8, [[outputs, zeroPointByteCount], [flat]])
            } else {
                try expect(zeroPoints, "zero_points", .float32, [[outputs, blocks], [outputs * blocks]])
            }
        }
        if let groupIndex = types.groupIndex {
            try expect(groupIndex, "g_idx", .int32, [[inputs], [blocks * blockSize]])
        }
        if let bias = types.bias { try expect(bias, "bias", .float32, [[outputs]]) }
    }

    private func expect(
        _ type: TensorType, _ name: String, _ elementType: ElementType, _ shapes: [[Int]]
    ) throws(ONNXError) {
        guard type.elementType == elementType else {
            throw ONNXError(
                "tensor.dtype_unsupported", "\(name) is \(type.elementType); \(elementType) is expected.")
        }
        guard shapes.contains(type.shape.dimensions) else {
            let expected = shapes.map { String(describing: $0) }.joined(separator: " or ")
            throw ONNXError(
                "op.shape",
                """
                \(name) has shape \(type.shape); \(expected) is expected for K \(inputs), N \(outputs), \
                bits \(bits) and block_size \(blockSize).
                """)
        }
    }
}
