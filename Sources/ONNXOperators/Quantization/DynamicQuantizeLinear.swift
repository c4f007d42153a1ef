// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// DynamicQuantizeLinear: uint8 from floats, with a scale and zero point taken from their range, zero included.
///
/// Formula: `scale = (max − min) ÷ 255`, `zero point = round(clamp(−min ÷ scale))`,
/// `y = clamp(round(x ÷ scale) + zero point)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__DynamicQuantizeLinear.html>, opsets 11.
/// - Supports: float.
/// - Deviations: zeros alone get a scale of 1.
struct DynamicQuantizeLinear: Operator {
    init(_ node: OperatorNode) throws(ONNXError) { try node.checkArity(inputs: 1...1, outputs: 3...3) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: [.float32])
        return [OutputPlan(.uint8, input.shape), OutputPlan(.float32, .scalar), OutputPlan(.uint8, .scalar)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let output = try context.output(0, orAllocating: .uint8, input.shape)
        let scale = try context.output(1, orAllocating: .float32, .scalar)
        let zero = try context.output(2, orAllocating: .uint8, .scalar)
        try TypedKernels.quantizeDynamically(
            input, into: output, scale: scale, zeroPoint: zero, workers: context.workers)
    }
}
