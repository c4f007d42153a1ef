// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Cast: every element in another type.
///
/// Formula: `output = T(input)`.
/// Floating point to integer truncates; out of range it saturates, and NaN gives 0. Integer to integer, and anything to
/// fewer than 8 bits, keeps the low bits. Anything but zero is true.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Cast.html>, opsets 1, 6, 9, 13, 19, 21, 23, 24, 25, 28.
/// - Supports: floats, integers of 2 to 64 bits, bool.
/// - Deviations: strings, float8, float4 and complex are refused; `saturate` and `round_mode`, which concern only
///   them, are read and change nothing.
struct Cast: Operator {
    private let type: ElementType

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        node.ignore("saturate", "round_mode")
        guard let type = try node.elementType("to") else {
            throw ONNXError("attr.missing", "Cast needs the attribute to.")
        }
        guard TypedKernels.convertibleTypes.contains(type) else {
            throw ONNXError("tensor.dtype_unsupported", "Cast to \(type) is not supported.")
        }
        self.type = type
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: TypedKernels.convertibleTypes)
        if input.elementType == type {
            return [OutputPlan(type, input.shape, .view(input: 0, byteOffset: 0))]
        }
        return [OutputPlan(type, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        guard let output = context.optionalOutput(0), output.elementType != input.elementType else { return }
        try TypedKernels.convert(input, into: output, workers: context.workers)
    }
}
