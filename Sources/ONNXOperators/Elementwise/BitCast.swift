// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// BitCast: the bits of every element taken for another type of the same width.
///
/// Formula: `bits(output) = bits(input)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__BitCast.html>, opsets 26.
/// - Supports: every type but strings.
/// - Deviations: none.
struct BitCast: Operator {
    private let type: ElementType

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        guard let type = try node.elementType("to") else {
            throw ONNXError("attr.missing", "BitCast needs the attribute to.")
        }
        self.type = type
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .movable)
        guard type != .string, type.bitWidth == input.elementType.bitWidth else {
            throw ONNXError(
                "op.type_mismatch",
                "Elements of \(input.elementType) have \(input.elementType.bitWidth) bits, \(type) has \(type.bitWidth)."
            )
        }
        return [OutputPlan(type, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let output = try context.output(0)
        output.mutableBaseAddress.copyMemory(from: input.baseAddress, byteCount: output.byteCount)
        withExtendedLifetime((input, output)) {}
    }
}
