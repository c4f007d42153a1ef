// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// IsNaN: whether each element is no number.
///
/// Formula: `Y = X ≠ X`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__IsNaN.html>, opsets 9, 13, 20.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct IsNaN: Operator {
    init(_ node: OperatorNode) throws(ONNXError) { try node.checkArity(inputs: 1...1, outputs: 1...1) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        [OutputPlan(.bool, try context.input(0, oneOf: .floats).shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            try TypedKernels.isNaN(try context.input(0), into: try context.output(0))
        }
    }
}
