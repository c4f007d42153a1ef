// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// CastLike: every element of the first input in the type of the second; else as ``Cast``.
///
/// Formula: `output = T(input)`, T being the type of target_type.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__CastLike.html>, opsets 15, 19, 21, 23, 24, 25.
/// - Supports: floats of 4 to 64 bits, integers of 2 to 64 bits, bool; `saturate` and `round_mode`.
/// - Deviations: as ``Cast``.
struct CastLike: Operator {
    private let rounding: SmallFloatRounding

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        rounding = try SmallFloatRounding(node)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: TypedKernels.convertibleTypes)
        let like = try context.input(1, oneOf: TypedKernels.convertibleTypes)
        if input.elementType == like.elementType {
            return [OutputPlan(like.elementType, input.shape, .view(input: 0, byteOffset: 0))]
        }
        return [OutputPlan(like.elementType, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        guard let output = context.optionalOutput(0), output.elementType != input.elementType else { return }
        try TypedKernels.convert(input, into: output, rounding: rounding, workers: context.workers)
    }
}
