// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors
import ONNXTypedKernels

/// What SkipSimplifiedLayerNormalization and SkipLayerNormalization share: a norm of the sum of two tensors.
///
/// Outputs are the norm, the mean (zeros where it is not subtracted), the inverse deviation, and the sum.
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
        let rows = OutputPlan(.float32, try Shape(dimensions.dropLast() + [1]))
        let whole = OutputPlan(.float32, input.shape)
        return Array([whole, rows, rows, whole].prefix(context.outputCount))
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let skip = try context.input(1)
        let scale = try context.input(2)
        let beta = betaInput.flatMap { context.optionalInput($0) }
        let bias = context.optionalInput(biasInput)
        let output = try context.output(0)
        let (mean, deviation) = (context.optionalOutput(1), context.optionalOutput(2))
        let hasStatistics = mean != nil || deviation != nil
        var sum = context.optionalOutput(3)
        if sum == nil, hasStatistics { sum = try Tensor(allocating: .float32, input.shape) }
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
        if hasStatistics, let sum { try writeStatistics(of: sum, width, mean, deviation, context) }
    }

    private func writeStatistics(
        of sum: Tensor, _ width: Int, _ mean: Tensor?, _ deviation: Tensor?, _ context: RunContext
    ) throws(ONNXError) {
        if subtractsMean {
            return try TypedKernels.layerNormalization(
                sum, rows: sum.shape.elementCount / width, columns: width, scale: nil, bias: nil,
                epsilon: epsilon, into: nil, mean: mean, inverseDeviation: deviation,
                workers: context.workers)
        }
        mean.map { $0.mutableFloats.update(repeating: 0, count: $0.shape.elementCount) }
        if let deviation {
            try TypedKernels.inverseDeviation(
                sum, columns: width, epsilon: epsilon, into: deviation, workers: context.workers)
        }
    }
}
