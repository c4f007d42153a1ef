// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// LastPositions (domain `onnxlm`): the last positions of a sequence.
///
/// Formula: `output = input[:, S − count:, :]` for an input `[B, S, …]` and a scalar or one-element int64 `count`
/// from 1 to S. With one batch row it is a view.
/// - Spec: internal; it stands before a decoder's last product, so that logits are computed only where they are
///   asked for.
/// - Supports: every type of at least 8 bits.
/// - Deviations: none.
struct LastPositions: Operator {
    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
    }

    /// The value of the input `count`, for a sequence of so many positions.
    ///
    /// - Throws: `op.shape`.
    static func count(_ tensor: Tensor, of length: Int) throws(ONNXError) -> Int {
        let counts = try tensor.integers()
        guard counts.count == 1, let count = counts.first, count >= 1, count <= length else {
            throw ONNXError("op.shape", "The last \(counts) of \(length) positions are not to be had.")
        }
        return count
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0)
        guard input.shape.rank >= 2, input.elementType.bitWidth >= 8 else {
            throw ONNXError("op.shape", "There are no positions in \(input).")
        }
        let count = try Self.count(try context.value(1), of: input.shape[1])
        var dimensions = input.shape.dimensions
        dimensions[1] = count
        let shape = try Shape(dimensions)
        guard input.shape[0] == 1 else { return [OutputPlan(input.elementType, shape)] }
        let row = input.shape.product(2..<input.shape.rank) * input.elementType.bitWidth / 8
        return [
            OutputPlan(
                input.elementType, shape, .view(input: 0, byteOffset: (input.shape[1] - count) * row))
        ]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        guard let output = context.optionalOutput(0) else { return }
        let input = try context.input(0)
        let batches = input.shape[0]
        guard batches > 0 else { return }
        let inputBytes = input.byteCount / batches
        let outputBytes = output.byteCount / batches
        for batch in 0..<batches {
            output.mutableBaseAddress.advanced(by: batch * outputBytes).copyMemory(
                from: input.baseAddress.advanced(by: (batch + 1) * inputBytes - outputBytes),
                byteCount: outputBytes)
        }
    }
}
