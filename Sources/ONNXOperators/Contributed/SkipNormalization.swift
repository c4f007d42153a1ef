// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// What SkipSimplifiedLayerNormalization and SkipLayerNormalization share: a norm of the sum of two tensors.
///
/// Outputs are the norm, two statistics that are refused, and the sum.
struct SkipNormalization: Sendable {
    /// Positions of the optional inputs; nil where the operator has no such input.
    let betaInput: Int?
    let biasInput: Int
    let subtractsMean: Bool
    let epsilon: Float

    init(
        _ node: OperatorNode, betaInput: Int?, biasInput: Int, subtractsMean: Bool
    ) throws(ONNXError) {
        try node.checkArity(inputs: 3...biasInput + 1, outputs: 1...4)
        self.betaInput = betaInput
        self.biasInput = biasInput
        self.subtractsMean = subtractsMean
        epsilon = try node.epsilon(default: 1e-12)
        for index in 1...2 where node.hasOutput(index) {
            throw ONNXError("op.output_unsupported", "The outputs mean and inv_std_var are not supported.")
        }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: [.float32])
        let skip = try context.input(1, oneOf: [.float32])
        guard input.shape.rank == 2 || input.shape.rank == 3, let width = input.shape.dimensions.last,
            width > 0
        else { throw ONNXError("op.shape", "input is \(input); two or three dimensions are expected.") }
        let dimensions = input.shape.dimensions
        let allowed = [dimensions, Array(dimensions.dropFirst()), [1] + dimensions.dropFirst()]
        let isBroadcast = dimensions.count == 3 && allowed.contains(skip.shape.dimensions)
        guard skip.shape == input.shape || isBroadcast else {
            throw ONNXError("op.shape", "skip is \(skip), which does not fit the input \(input).")
        }
        for index in [2, betaInput, biasInput] {
            guard let index, index == 2 || context.hasInput(index) else { continue }
            let vector = try context.input(index, oneOf: [.float32])
            guard vector.shape.dimensions == [width] else {
                throw ONNXError("op.shape", "Input \(index) is \(vector); [\(width)] is expected.")
            }
        }
        return (0..<context.outputCount).map { _ in OutputPlan(.float32, input.shape) }
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let skip = try context.input(1)
        let scale = try context.input(2)
        let beta = betaInput.flatMap { context.optionalInput($0) }
        let bias = context.optionalInput(biasInput)
        let output = try context.output(0)
        let sum = context.optionalOutput(3)
        guard let width = input.shape.dimensions.last, skip.shape.elementCount > 0 else { return }
        let repeats = input.shape.elementCount / skip.shape.elementCount
        let rows = skip.shape.elementCount / width
        withExtendedLifetime((input, skip, scale, beta, bias, output, sum)) {
            for index in 0..<repeats {
                let offset = index * rows * width
                var arguments = NormArguments(
                    x: input.floats + offset, scale: scale.floats, y: output.mutableFloats + offset,
                    rows: rows, width: width, epsilon: epsilon)
                arguments.skip = skip.floats
                arguments.skipBias = bias?.floats
                arguments.bias = beta?.floats
                arguments.sum = sum.map { $0.mutableFloats + offset }
                if subtractsMean {
                    RowKernels.layerNorm(arguments, workers: context.workers)
                } else {
                    RowKernels.rmsNorm(arguments, workers: context.workers)
                }
            }
        }
    }
}
