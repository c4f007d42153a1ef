// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Concat: tensors one after the other along an axis.
///
/// Formula: `output[…, offset(k) + i, …] = inputs[k][…, i, …]`, offset(k) being the lengths of the inputs before.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Concat.html>, opsets 1, 4, 11, 13.
/// - Supports: every type but strings.
/// - Deviations: none.
struct Concat: Operator {
    private let axis: Int

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...Int(Int32.max), outputs: 1...1)
        axis = try node.requiredInt("axis")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let first = try context.input(0, oneOf: .movable)
        let axis = try first.shape.normalizedAxis(axis)
        var length = 0
        for index in 0..<context.inputCount {
            try context.checkSameElementType(0, index)
            let shape = try context.input(index).shape
            guard shape.rank == first.shape.rank,
                (0..<shape.rank).allSatisfy({ $0 == axis || shape[$0] == first.shape[$0] })
            else {
                throw ONNXError(
                    "op.shape",
                    "Inputs 0 and \(index) with shapes \(first.shape) and \(shape) do not join along axis \(axis)."
                )
            }
            let (sum, overflow) = length.addingReportingOverflow(shape[axis])
            guard !overflow else {
                throw ONNXError("tensor.overflow", "The joined axis does not fit in 64 bits.")
            }
            length = sum
        }
        return [OutputPlan(first.elementType, try first.shape.replacing(axis, with: length))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.withWholeBytes { (context: RunContext) throws(ONNXError) in
            let output = try context.output(0)
            let axis = try output.shape.normalizedAxis(axis)
            let view = AxisView(output.shape, axis: axis)
            let unit = view.inner * (output.elementType.bitWidth / 8)
            var position = 0
            for index in 0..<context.inputCount {
                let input = try context.input(index)
                let blockBytes = input.shape[axis] * unit
                TypedKernels.copyBlocks(
                    from: input.baseAddress, stride: blockBytes,
                    to: output.mutableBaseAddress.advanced(by: position), stride: view.length * unit,
                    byteCount: blockBytes, count: view.outer)
                position += blockBytes
            }
        }
    }
}
