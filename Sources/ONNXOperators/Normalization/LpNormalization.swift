// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// LpNormalization: divides by the norm along an axis.
///
/// Formula: `Y = X ÷ Σ|X|` for p 1, `Y = X ÷ √ΣX²` for p 2; 0 where the norm is 0.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__LpNormalization.html>, opsets 1, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct LpNormalization: Operator {
    private let axis: Int
    private let p: Int

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        axis = try node.int("axis", default: -1)
        p = try node.int("p", default: 2)
        guard p == 1 || p == 2 else { throw ONNXError("attr.value", "p is \(p); 1 or 2 is expected.") }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .floats)
        _ = try input.shape.normalizedAxis(axis)
        return [OutputPlan(input.elementType, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let input = try context.input(0)
            try TypedKernels.lpNormalization(
                input, axis: try input.shape.normalizedAxis(axis), p: p, into: try context.output(0))
        }
    }
}
