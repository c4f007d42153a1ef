// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Hardmax: 1 for the first greatest element along an axis, 0 for the others.
///
/// Formula: `output[i] = 1` where `i = min { j : input[j] = max(input) }`, else 0; before opset 13 over all axes from the
/// given one on.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Hardmax.html>, opsets 1, 11, 13.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none; NaN counts as the greatest.
struct Hardmax: Operator {
    private let attributes: SoftmaxAttributes

    init(_ node: OperatorNode) throws(ONNXError) { attributes = try SoftmaxAttributes(node) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .floats)
        _ = try attributes.view(input.shape)
        return [OutputPlan(input.elementType, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let input = try context.input(0)
            try TypedKernels.hardmax(
                input, view: attributes.view(input.shape), into: try context.output(0))
        }
    }
}
