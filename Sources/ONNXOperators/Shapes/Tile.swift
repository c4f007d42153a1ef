// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Tile: a tensor repeated along each axis.
///
/// Formula: `output.shape[i] = input.shape[i] × repeats[i]`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Tile.html>, opsets 1, 6, 13.
/// - Supports: every type but strings.
/// - Deviations: none.
struct Tile: Operator {
    init(_ node: OperatorNode) throws(ONNXError) { try node.checkArity(inputs: 2...2, outputs: 1...1) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .movable)
        let repeats = try context.integers(1)
        guard repeats.count == input.shape.rank, repeats.allSatisfy({ $0 >= 0 }) else {
            throw ONNXError(
                "op.shape", "The repeats \(repeats) do not suit a tensor of shape \(input.shape).")
        }
        var dimensions: [Int] = []
        for (length, times) in zip(input.shape.dimensions, repeats) {
            let (product, overflow) = length.multipliedReportingOverflow(by: times)
            guard !overflow else {
                throw ONNXError("tensor.overflow", "\(times) repeats of \(length) do not fit in 64 bits.")
            }
            dimensions.append(product)
        }
        return [OutputPlan(input.elementType, try Shape(dimensions))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.withWholeBytes { (context: RunContext) throws(ONNXError) in
            let input = try context.input(0)
            let output = try context.output(0)
            guard output.shape.elementCount > 0 else { return }
            let strides = input.shape.strides
            var dimensions: [Int] = []
            var steps: [Int] = []
            for axis in 0..<input.shape.rank {
                dimensions += [output.shape[axis] / input.shape[axis], input.shape[axis]]
                steps += [0, strides[axis]]
            }
            try TypedKernels.copyStrided(
                input, dimensions: dimensions, strides: steps, into: output, workers: context.workers)
        }
    }
}
