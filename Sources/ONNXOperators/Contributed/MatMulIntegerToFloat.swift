// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// MatMulIntegerToFloat: product of two 8-bit matrices, scaled to floats.
///
/// Formula: `Y = (A − a_zero_point) × (B − b_zero_point) · a_scale · b_scale + bias`.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: int8 and uint8, mixed; scales float32, float16, bfloat16; B scaled as a whole or by column.
/// - Deviations: scale and zero point of A by column are refused.
struct MatMulIntegerToFloat: FloatOperator {
    static var typeInput: Int { 2 }

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 4...7, outputs: 1...1)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let a = try context.input(0, oneOf: [.int8, .uint8])
        let scale = try context.input(2, oneOf: [.float32])
        let zero = context.optionalInput(4)
        guard scale.shape.elementCount == 1,
            zero.map({ $0.shape.elementCount == 1 && $0.elementType == a.elementType }) ?? true
        else {
            throw ONNXError(
                "op.shape",
                "a_scale is \(scale) and a_zero_point \(zero.map(String.init) ?? "left out"); one element of A's type is expected."
            )
        }
        let output = try IntegerMatrixProduct.check(
            a.shape, context.input(1), scale: context.input(3), zero: context.optionalInput(5),
            bias: context.optionalInput(6))
        return [OutputPlan(.float32, output)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try IntegerMatrixProduct(
            a: context.input(0), b: context.input(1), aScale: context.input(2), bScale: context.input(3),
            aZero: context.optionalInput(4), bZero: context.optionalInput(5), bias: context.optionalInput(6)
        ).run(into: context.output(0), context)
    }
}
