// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Clip: elements limited to a range.
///
/// Formula: `Y = min(max(X, low), high)`; the bounds are attributes before opset 11 and inputs since.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Clip.html>, opsets 1, 6, 11, 12, 13.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none.
struct Clip: Operator {
    private let low: Float?
    private let high: Float?

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...3, outputs: 1...1)
        low = try node.float("min")
        high = try node.float("max")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .numbers)
        for index in 1...2 where context.hasInput(index) {
            try context.checkSameElementType(0, index)
            guard try context.input(index).shape.elementCount == 1 else {
                throw ONNXError("op.shape", "Bound \(index) is no scalar.")
            }
        }
        return [OutputPlan(input.elementType, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let input = try context.input(0)
            try TypedKernels.clip(
                input, low: try bound(context, 1, low, input), high: try bound(context, 2, high, input),
                into: try context.output(0), workers: context.workers)
        }
    }

    private func bound(
        _ context: RunContext, _ index: Int, _ attribute: Float?, _ input: Tensor
    ) throws(ONNXError) -> Tensor? {
        if let tensor = context.optionalInput(index) { return tensor }
        guard let attribute else { return nil }
        return try TypedKernels.converted(
            try Tensor(scalar: attribute), to: input.elementType, workers: context.workers)
    }
}
