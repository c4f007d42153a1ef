// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// EyeLike: a matrix of zeros with ones on a diagonal, shaped as the input.
///
/// Formula: `output[i, j] = 1` where `j = i + k`, else 0.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__EyeLike.html>, opsets 9, 22.
/// - Supports: floats, integers of 8 to 64 bits, bool.
/// - Deviations: none.
struct EyeLike: Operator {
    private let type: ElementType?
    private let diagonal: Int

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        type = try node.elementType("dtype")
        diagonal = try node.int("k", default: 0)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0)
        guard input.shape.rank == 2 else {
            throw ONNXError("op.shape", "The input has shape \(input.shape); a matrix is expected.")
        }
        let type = type ?? input.elementType
        guard Set.numbers.union(Set.bool).contains(type) else {
            throw ONNXError("tensor.dtype_unsupported", "EyeLike gives no tensors of type \(type).")
        }
        return [OutputPlan(type, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let output = try context.output(0)
        let one = try TypedKernels.converted(
            try Tensor(scalar: UInt8(1)), to: output.elementType, workers: context.workers)
        TypedKernels.diagonal(output, one: one, offset: diagonal)
    }
}
