// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// GatedAdd: sum with a tensor whose rows are weighted.
///
/// Formula: `output = X + Y · gate`, one gate for each row.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16.
/// - Deviations: gate_weight, which only one GPU kind has, is refused; the product is not rounded to half precision
///   before the sum.
struct GatedAdd: FloatOperator {
    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...4, outputs: 1...1)
        guard !node.hasInput(3) else {
            throw ONNXError("op.input_unsupported", "The input gate_weight is not supported.")
        }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let x = try context.input(0, oneOf: [.float32])
        let y = try context.input(1, oneOf: [.float32])
        let gate = try context.input(2, oneOf: [.float32])
        guard x.shape.rank > 0, y.shape == x.shape,
            gate.shape.dimensions == Array(x.shape.dimensions.dropLast()) + [1]
        else {
            throw ONNXError(
                "op.shape",
                "X is \(x), Y \(y) and gate \(gate); equal shapes, and 1 last in gate, are expected.")
        }
        return [OutputPlan(.float32, x.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let output = try context.output(0)
        try TypedKernels.binary(
            .multiply, try context.input(1), try context.input(2), into: output, workers: context.workers)
        try TypedKernels.binary(
            .add, try context.input(0), output, into: output, workers: context.workers)
    }
}
