// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// How the integer weights of one projection of QMoE lie, and how they become a projection.
///
/// Weights are `[experts, outputs, inputs · bits / 8]` with the low bits first. Scales are `[experts, outputs]`, or with
/// blocks along the inputs `[experts, outputs, blocks]`; zero points are packed along the last dimension.
struct QuantizedExperts: Sendable {
    let bits: Int
    /// Nil: one scale for each output.
    let blockSize: Int?
    let accuracyLevel: Int

    /// The logical shape of packed weights.
    ///
    /// - Throws: `op.shape`, `tensor.dtype_unsupported`.
    func shape(_ values: TensorType) throws(ONNXError) -> [Int] {
        guard values.elementType == .uint8, values.shape.rank == 3 else {
            throw ONNXError(
                "op.shape", "Expert weights are \(values); uint8 of three dimensions is expected.")
        }
        let (count, overflow) = values.shape[2].multipliedReportingOverflow(by: 8)
        guard !overflow, count % bits == 0 else {
            throw ONNXError("op.shape", "Rows of \(values) are no whole number of \(bits)-bit elements.")
        }
        return [values.shape[0], values.shape[1], count / bits]
    }

    /// Checks scales and zero points against the weights.
    func check(_ values: TensorType, scales: TensorType?, zeroPoints: TensorType?) throws(ONNXError) {
        let shape = try shape(values)
        let (experts, outputs, inputs) = (shape[0], shape[1], shape[2])
        guard blockSize.map({ inputs % $0 == 0 }) ?? true else {
            throw ONNXError("op.shape", "\(inputs) inputs are no multiple of the block size.")
        }
        let blocks = blockSize.map { inputs / $0 }
        let scaleShape = [experts, outputs] + (blocks.map { [$0] } ?? [])
        let packed = { (count: Int) in (count * bits + 7) / 8 }
        let zeroShape = blocks.map { [experts, outputs, packed($0)] } ?? [experts, packed(outputs)]
        guard let scales, scales.elementType == .float32, scales.shape.dimensions == scaleShape,
            zeroPoints.map({ $0.elementType == .uint8 && $0.shape.dimensions == zeroShape }) ?? true
        else {
            throw ONNXError(
                "op.shape",
                """
                scales are \(scales.map(String.init) ?? "left out") and zero points \
                \(zeroPoints.map(String.init) ?? "left out"); float\(scaleShape) and uint8\(zeroShape) are expected.
                """)
        }
    }

    /// The projection of checked tensors.
    func projection(
        values: Tensor, scales: Tensor, zeroPoints: Tensor?, workers: WorkerPool
    ) throws(ONNXError) -> any ExpertProjection {
        try check(values.type, scales: scales.type, zeroPoints: zeroPoints?.type)
        let shape = try shape(values.type)
        defer { withExtendedLifetime((values, scales, zeroPoints)) {} }
        // Whole rows, and blocks longer than those of a packed matrix, are cut into parts of one scale.
        let lengths = [256, 128, 64, 32, 16]
        guard bits != 3,
            let length = lengths.first(where: { shape[2] % $0 == 0 && $0 <= blockSize ?? $0 })
        else {
            return try widened(values, scales, zeroPoints, try Shape(shape))
        }
        let isCut = blockSize != length
        let scales = isCut ? try cut(scales, shape, length) : scales
        let cutZeroPoints =
            isCut
            ? try zeroPoints.map { (t: Tensor) throws(ONNXError) in
                try cut(widened(t, shape), shape, length)
            } : nil
        var matrices: [QuantizedMatrix] = []
        for expert in 0..<shape[0] {
            func part(_ tensor: Tensor) -> UnsafeRawBufferPointer {
                let size = tensor.byteCount / shape[0]
                return UnsafeRawBufferPointer(rebasing: tensor.rawBytes[expert * size..<(expert + 1) * size])
            }
            let zero: QuantizedMatrixSource.ZeroPoints =
                cutZeroPoints.map { .float(part($0)) } ?? zeroPoints.map { .packed(part($0)) } ?? .none
            let source = QuantizedMatrixSource(
                bits: bits, blockSize: length, k: shape[2], n: shape[1], values: part(values),
                scales: part(scales), zeroPoints: zero, groupIndex: nil, bias: nil,
                accuracyLevel: isCut ? 0 : accuracyLevel)
            matrices.append(try QuantizedMatrix(packing: source, workers: workers))
        }
        withExtendedLifetime((scales, cutZeroPoints)) {}
        return QuantizedExpertProjection(experts: matrices)
    }

    /// Each float of `[experts, outputs, blocks]`, or of `[experts, outputs]`, once for every `length` inputs of its block.
    private func cut(_ tensor: Tensor, _ shape: [Int], _ length: Int) throws(ONNXError) -> Tensor {
        let parts = (blockSize ?? shape[2]) / length
        let count = tensor.shape.elementCount
        let result = try Tensor(allocating: .float32, Shape([count, parts]))
        for index in 0..<count {
            (result.mutableFloats + index * parts).update(repeating: tensor.floats[index], count: parts)
        }
        withExtendedLifetime(tensor) {}
        return result
    }

    /// Zero points as floats, `[experts, outputs, blocks]` or `[experts, outputs]`.
    private func widened(_ zeroPoints: Tensor, _ shape: [Int]) throws(ONNXError) -> Tensor {
        // Packed along the blocks of each output, or along the outputs of each expert.
        let width = blockSize.map { shape[2] / $0 } ?? shape[1]
        let rows = blockSize == nil ? shape[0] : shape[0] * shape[1]
        let rowByteCount = (width * bits + 7) / 8
        let result = try Tensor(allocating: .float32, Shape([rows, width]))
        for row in 0..<rows {
            for index in 0..<width {
                result.mutableFloats[row * width + index] = Float(
                    code(zeroPoints.rawBytes, row * rowByteCount, index))
            }
        }
        return result
    }

    /// The weights in float32.
    private func widened(
        _ values: Tensor, _ scales: Tensor, _ zeroPoints: Tensor?, _ shape: Shape
    ) throws(ONNXError) -> FloatExpertProjection {
        let result = try Tensor(allocating: .float32, shape)
        let (outputs, inputs) = (shape[1], shape[2])
        let blocks = blockSize.map { inputs / $0 } ?? 1
        let groups = blockSize == nil ? outputs : blocks
        let zeroRow = (groups * bits + 7) / 8
        for row in 0..<shape[0] * outputs {
            for index in 0..<inputs {
                let block = blockSize.map { index / $0 } ?? 0
                let zero = zeroPoints.map {
                    blockSize == nil
                        ? code($0.rawBytes, row / outputs * zeroRow, row % outputs)
                        : code($0.rawBytes, row * zeroRow, block)
                }
                let value = code(values.rawBytes, row * (inputs * bits / 8), index)
                result.mutableFloats[row * inputs + index] =
                    Float(value - (zero ?? 1 << (bits - 1))) * scales.floats[row * blocks + block]
            }
        }
        return FloatExpertProjection(weights: result)
    }

    private func code(_ bytes: UnsafeRawBufferPointer, _ first: Int, _ index: Int) -> Int {
        let bit = index * bits
        var window = Int(bytes[first + bit / 8])
        // Elements of three bits may go on in the next byte.
        if bit % 8 + bits > 8 { window |= Int(bytes[first + bit / 8 + 1]) << 8 }
        return window >> (bit % 8) & ((1 << bits) - 1)
    }
}
