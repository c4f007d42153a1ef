// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// What InstanceNormalization and GroupNormalization share: a norm over groups of channels, `[batch, channels, …]`.
enum ChannelGroups {
    /// Checks the input, and scale and bias of `parameters(channels)` numbers.
    ///
    /// - Throws: `op.shape`, `op.type_mismatch`, `tensor.dtype_unsupported`.
    static func plan(
        _ context: InferenceContext, parameters: (Int) -> Int
    ) throws(ONNXError) -> OutputPlan {
        let x = try context.input(0, oneOf: .floats)
        guard x.shape.rank >= 2 else {
            throw ONNXError("op.shape", "The input is \(x); [batch, channels, …] is expected.")
        }
        let count = parameters(x.shape[1])
        for index in 1...2 {
            try context.checkSameElementType(0, index)
            guard try context.input(index).shape.dimensions == [count] else {
                throw ONNXError(
                    "op.shape", "Input \(index) is \(try context.input(index)); [\(count)] is expected.")
            }
        }
        return OutputPlan(x.elementType, x.shape)
    }

    /// Normalises each group, then scales and shifts by channel, or by group where there are as many numbers.
    static func normalize(_ context: RunContext, groups: Int, epsilon: Float) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let x = try context.input(0)
            let output = try context.output(0)
            let workers = context.workers
            guard x.shape.elementCount > 0 else { return }
            let rows = x.shape[0] * groups
            try TypedKernels.layerNormalization(
                x, rows: rows, columns: x.shape.elementCount / rows, scale: nil, bias: nil, epsilon: epsilon,
                into: output, mean: nil, inverseDeviation: nil, workers: workers)
            let count = try context.input(1).shape[0]
            let inside = try output.reshaped(
                to: Shape([x.shape[0], count, x.shape.elementCount / (x.shape[0] * count)]))
            for (index, operation) in [(1, BinaryOperation.multiply), (2, .add)] {
                let parameter = try context.input(index).reshaped(to: Shape([count, 1]))
                try TypedKernels.binary(operation, inside, parameter, into: inside, workers: workers)
            }
        }
    }
}
