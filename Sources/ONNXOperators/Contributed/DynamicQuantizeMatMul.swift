// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// DynamicQuantizeMatMul: product of a float matrix, quantized to uint8 as a whole, with a quantized one.
///
/// Formula: `a_scale` and `a_zero_point` from the range of A as DynamicQuantizeLinear has it, then
/// `Y = (quantized A − a_zero_point) × (B − b_zero_point) · a_scale · b_scale + bias`.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: A float32, float16, bfloat16; B int8 and uint8, scaled as a whole or by column.
/// - Deviations: none.
struct DynamicQuantizeMatMul: FloatOperator {
    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...5, outputs: 1...1)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let a = try context.input(0, oneOf: [.float32])
        let output = try IntegerMatrixProduct.check(
            a.shape, context.input(1), scale: context.input(2), zero: context.optionalInput(3),
            bias: context.optionalInput(4))
        return [OutputPlan(.float32, output)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let a = try context.input(0)
        let quantized = try Tensor(allocating: .uint8, a.shape)
        let scale = try Tensor(allocating: .float32, .scalar)
        let zero = try Tensor(allocating: .uint8, .scalar)
        try TypedKernels.quantizeDynamically(
            a, into: quantized, scale: scale, zeroPoint: zero, workers: context.workers)
        try IntegerMatrixProduct(
            a: quantized, b: context.input(1), aScale: scale, bScale: context.input(2), aZero: zero,
            bZero: context.optionalInput(3), bias: context.optionalInput(4)
        ).run(into: context.output(0), context)
    }
}
