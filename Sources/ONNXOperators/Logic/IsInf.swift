// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// IsInf: whether each element is an infinity of a sign that is asked for.
///
/// Formula: `Y = X = +∞ and detect_positive, or X = −∞ and detect_negative`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__IsInf.html>, opsets 10, 20.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct IsInf: Operator {
    private let positive: Bool
    private let negative: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        positive = try node.flag("detect_positive", default: true)
        negative = try node.flag("detect_negative", default: true)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        [OutputPlan(.bool, try context.input(0, oneOf: .floats).shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            try TypedKernels.isInfinite(
                try context.input(0), positive: positive, negative: negative, into: try context.output(0))
        }
    }
}
