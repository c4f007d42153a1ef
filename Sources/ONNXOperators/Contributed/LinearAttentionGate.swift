// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// LinearAttentionGate: the decay and the update rate of a linear attention from their projections.
///
/// Formula: `decay = decay_scale · softplus(a + dt_bias)`, `beta = sigmoid(b)`.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16.
/// - Deviations: none.
struct LinearAttentionGate: FloatOperator {
    static func typeInputs(ofOutput index: Int) -> [Int] { index == 1 ? [3, 0] : [0] }

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...4, outputs: 1...2)
        guard !node.hasOutput(1) || node.hasInput(3) else {
            throw ONNXError("input.missing", "The output beta needs the input b.")
        }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let a = try context.input(0, oneOf: [.float32])
        let heads = a.shape.dimensions.last.map { [$0] }
        for index in 1...2 {
            let vector = try context.input(index, oneOf: [.float32])
            guard a.shape.rank > 0, vector.shape.dimensions == heads else {
                throw ONNXError(
                    "op.shape",
                    "a is \(a) and input \(index) \(vector); one number for each head is expected."
                )
            }
        }
        if context.hasInput(3) {
            let b = try context.input(3, oneOf: [.float32])
            guard b.shape == a.shape else {
                throw ONNXError("op.shape", "a is \(a) and b \(b); one shape is expected.")
            }
        }
        return [OutputPlan(.float32, a.shape), OutputPlan(.float32, a.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let a = try context.input(0)
        let workers = context.workers
        if let decay = context.optionalOutput(0) {
            try TypedKernels.binary(.add, a, try context.input(1), into: decay, workers: workers)
            try TypedKernels.unary(.softplus, decay, into: decay, workers: workers)
            try TypedKernels.binary(.multiply, decay, try context.input(2), into: decay, workers: workers)
        }
        if let beta = context.optionalOutput(1) {
            try TypedKernels.unary(.sigmoid, try context.input(3), into: beta, workers: workers)
        }
    }
}
