// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// SwiGLU: a tensor gated by the swish of another.
///
/// Formula: `Y = A · sigmoid(alpha · A) · B`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__SwiGLU.html>, opsets 28.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct SwiGLU: Operator {
    private let alpha: Float

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        alpha = try node.float("alpha", default: 1)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let a = try context.input(0, oneOf: .floats)
        try context.checkSameElementType(0, 1)
        guard try context.input(1).shape == a.shape else {
            throw ONNXError("op.shape", "A is \(a) and B \(try context.input(1)); one shape is expected.")
        }
        return [OutputPlan(a.elementType, a.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let output = try context.output(0)
            try TypedKernels.unary(
                .swish(alpha: alpha), try context.input(0), into: output, workers: context.workers)
            try TypedKernels.binary(
                .multiply, output, try context.input(1), into: output, workers: context.workers)
        }
    }
}
