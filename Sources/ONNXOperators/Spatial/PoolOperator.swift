// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// The pools: a window that walks over the spatial dimensions of each channel.
protocol PoolOperator: Operator {
    static var types: Set<ElementType> { get }
    var window: SpatialWindow { get }
    var operation: PoolOperation { get }
    /// Whether positions count the first spatial axis fastest.
    var isColumnMajor: Bool { get }
}

extension PoolOperator {
    static var types: Set<ElementType> { .floats }
    var isColumnMajor: Bool { false }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: Self.types)
        guard input.shape.rank > 2 else {
            throw ONNXError("op.shape", "The input is \(input); [batch, channels, …] is expected.")
        }
        let walk = try window.walk(Array(input.shape.dimensions.dropFirst(2)))
        let shape = try Shape(Array(input.shape.dimensions.prefix(2)) + walk.output)
        return [OutputPlan(input.elementType, shape), OutputPlan(.int64, shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let output = try context.output(0)
        let walk = try window.walk(Array(input.shape.dimensions.dropFirst(2)))
        guard input.elementType != .float32, input.elementType != .float64 else {
            return try TypedKernels.pool(
                operation, input, walk, into: output, indices: context.optionalOutput(1),
                isColumnMajor: isColumnMajor, workers: context.workers)
        }
        let wide = try Tensor(allocating: .float32, output.shape)
        try TypedKernels.pool(
            operation, try TypedKernels.converted(input, to: .float32, workers: context.workers), walk,
            into: wide,
            indices: context.optionalOutput(1), isColumnMajor: isColumnMajor, workers: context.workers)
        try TypedKernels.convert(wide, into: output, workers: context.workers)
    }
}
