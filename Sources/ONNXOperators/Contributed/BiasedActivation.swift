// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels

/// What Gelu, FastGelu, BiasGelu and QuickGelu share: a function of each element, of the sum with a bias where there
/// is one.
struct BiasedActivation: Sendable {
    let function: UnaryFunction

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: [.float32])
        if context.hasInput(1) {
            let bias = try context.input(1, oneOf: [.float32])
            guard bias.shape.rank == 1, bias.shape.dimensions.last == input.shape.dimensions.last else {
                throw ONNXError(
                    "op.shape", "bias is \(bias), which does not fit the last dimension of \(input).")
            }
        }
        return [OutputPlan(.float32, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let output = try context.output(0)
        let count = input.shape.elementCount
        var source = input.floats
        defer { withExtendedLifetime((input, output)) {} }
        if let bias = context.optionalInput(1), let width = bias.shape.dimensions.last, width > 0 {
            for row in 0..<count / width {
                RowKernels.apply(
                    .add, input.floats + row * width, bias.floats, into: output.mutableFloats + row * width,
                    count: width, workers: context.workers)
            }
            source = output.floats
            withExtendedLifetime(bias) {}
        }
        RowKernels.apply(
            function, source, into: output.mutableFloats, count: count, workers: context.workers)
    }
}
