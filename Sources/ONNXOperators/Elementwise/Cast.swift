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
/// - Supports: floats of 4 to 64 bits, integers of 2 to 64 bits, bool; `saturate` and `round_mode`.
/// - Deviations: strings and complex are refused.
struct Cast: Operator {
    private let type: ElementType
    private let rounding: SmallFloatRounding

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        rounding = try SmallFloatRounding(node)
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
        try TypedKernels.convert(input, into: output, rounding: rounding, workers: context.workers)
    }
}

extension SmallFloatRounding {
    /// The attributes `saturate` and `round_mode`.
    ///
    /// - Throws: `attr.value`.
    init(_ node: OperatorNode) throws(ONNXError) {
        let saturates = try node.flag("saturate", default: true)
        let name = try node.string("round_mode", default: "up")
        guard let mode = Mode(rawValue: name) else {
            throw ONNXError("attr.value", "round_mode is \(name); up, down and nearest are known.")
        }
        self.init(saturates: saturates, mode: mode)
    }
}
