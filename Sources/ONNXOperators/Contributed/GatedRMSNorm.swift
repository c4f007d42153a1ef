// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels

/// GatedRMSNorm: root mean square norm over groups of elements, times an activation of a gate.
///
/// Formula: `Y = X / sqrt(mean(X²) + epsilon) · scale · activation(gate)`, the mean over each group of as many
/// elements as scale has.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16; the activations silu, swish and sigmoid.
/// - Deviations: none.
struct GatedRMSNorm: FloatOperator {
    private let epsilon: Float
    private let gatesBySigmoid: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...3, outputs: 1...1)
        epsilon = try node.epsilon(default: 1e-5)
        let activation = try node.string("activation", default: "silu")
        guard ["silu", "swish", "sigmoid"].contains(activation) else {
            throw ONNXError(
                "attr.value", "activation is \(activation); silu, swish and sigmoid are supported.")
        }
        gatesBySigmoid = activation == "sigmoid"
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: [.float32])
        let scale = try context.input(1, oneOf: [.float32])
        let gate = try context.input(2, oneOf: [.float32])
        guard gate.shape == input.shape, scale.shape.rank == 1, scale.shape[0] > 0,
            let width = input.shape.dimensions.last, width % scale.shape[0] == 0
        else {
            throw ONNXError(
                "op.shape",
                "X is \(input), gate \(gate) and scale \(scale); equal shapes and a width that scale divides are expected."
            )
        }
        return [OutputPlan(.float32, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let scale = try context.input(1)
        let gate = try context.input(2)
        let output = try context.output(0)
        defer { withExtendedLifetime((input, scale, gate, output)) {} }
        let count = input.shape.elementCount
        let width = scale.shape[0]
        let y = output.mutableFloats
        let arguments = NormArguments(
            x: input.floats, scale: scale.floats, y: y, rows: count / width, width: width, epsilon: epsilon)
        RowKernels.rmsNorm(arguments, workers: context.workers)
        guard gatesBySigmoid else {
            RowKernels.apply(
                .siluMultiply, gate.floats, output.floats, into: y, count: count, workers: context.workers)
            return
        }
        let factors = try context.scratch(byteCount: count * MemoryLayout<Float>.stride)
            .assumingMemoryBound(to: Float.self)
        RowKernels.apply(.sigmoid, gate.floats, into: factors, count: count, workers: context.workers)
        RowKernels.apply(.multiply, output.floats, factors, into: y, count: count, workers: context.workers)
    }
}
