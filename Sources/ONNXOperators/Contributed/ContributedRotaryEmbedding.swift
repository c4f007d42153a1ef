// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// RotaryEmbedding (com.microsoft): rotation of pairs of elements by angles that depend on the position.
///
/// Formula: with `half` pairs per head, element j (or 2j where interleaved) and its partner become
/// `x cos − partner sin` and `partner cos + x sin`, cos and sin taken from the caches' row of the position; elements
/// beyond the rotated ones are copied.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: `[batch, sequence, hidden]` and `[batch, heads, sequence, head size]`; one start or a position each.
/// - Deviations: scale changes nothing, as in onnxruntime's code.
struct ContributedRotaryEmbedding: FloatOperator {
    private let attributes: RotaryAttributes

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 4...4, outputs: 1...1)
        attributes = try RotaryAttributes(node)
        node.ignore("scale")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: [.float32])
        let positions = try context.input(1, oneOf: [.int64])
        let cos = try context.input(2, oneOf: [.float32])
        let sin = try context.input(3, oneOf: [.float32])
        guard cos.shape.rank == 2, cos.shape[1] > 0, cos.shape == sin.shape else {
            throw ONNXError(
                "op.shape", "cos_cache is \(cos) and sin_cache \(sin); one shape [rows, width] is expected.")
        }
        let layout = try attributes.layout(of: input.shape, width: cos.shape[1])
        guard
            positions.shape.elementCount == 1 || positions.shape.dimensions == [layout.batch, layout.length]
        else {
            throw ONNXError(
                "op.shape",
                "position_ids is \(positions); [1] or [\(layout.batch), \(layout.length)] is expected.")
        }
        return [OutputPlan(.float32, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let positions = try context.input(1)
        let cos = try context.input(2)
        let sin = try context.input(3)
        let output = try context.output(0)
        defer { withExtendedLifetime((input, positions, cos, sin, output)) {} }
        let layout = try attributes.layout(of: input.shape, width: cos.shape[1])
        let rows = cos.shape[0]
        // One element is the position of the first of each row's tokens, also where there is but one token.
        let isStart = positions.shape.dimensions != [layout.batch, layout.length]
        func position(_ batch: Int, _ index: Int) -> Int {
            isStart ? positions.int64(at: 0) &+ index : positions.int64(at: batch * layout.length + index)
        }
        for batch in 0..<layout.batch {
            for index in 0..<layout.length {
                let position = position(batch, index)
                guard position >= 0, position < rows else {
                    throw ONNXError(
                        "op.range", "Position \(position) lies outside the \(rows) rows of cos_cache.")
                }
            }
        }
        try attributes.turn(
            input, layout, width: cos.shape[1],
            cos: UnsafeBufferPointer(start: cos.floats, count: cos.shape.elementCount),
            sin: UnsafeBufferPointer(start: sin.floats, count: sin.shape.elementCount), row: position,
            into: output, workers: context.workers)
    }
}
