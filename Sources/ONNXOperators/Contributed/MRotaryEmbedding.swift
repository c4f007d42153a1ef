// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// MRotaryEmbedding: rotary embedding where a token has three positions, of time, row and column.
///
/// Formula: as RotaryEmbedding, each pair by the caches' row of one of the positions. With mrope_section `t, h, w`:
/// mrope_layout 0 gives the first t pairs to time, the next h to rows, the last w to columns; mrope_layout 1 gives pair i
/// to rows where `i mod 3 = 1` and `i < 3h`, to columns where `i mod 3 = 2` and `i < 3w`, else to time.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: `[batch, sequence, hidden]` and `[batch, heads, sequence, head size]`; both layouts.
/// - Deviations: a scale other than 1 is refused.
struct MRotaryEmbedding: FloatOperator {
    private let attributes: RotaryAttributes
    /// Which of the positions turns each pair.
    private let axes: [Int]

    /// A head has fewer pairs than this.
    private static let pairLimit = 1 << 16

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 4...4, outputs: 1...1)
        attributes = try RotaryAttributes(node)
        let scale = try node.float("scale", default: 1)
        let layout = try node.int("mrope_layout", default: 0)
        guard scale == 1 else { throw ONNXError("attr.unsupported", "scale is \(scale); 1 is supported.") }
        guard layout == 0 || layout == 1 else {
            throw ONNXError("attr.value", "mrope_layout is \(layout); 0 or 1 is expected.")
        }
        let section = try node.ints("mrope_section") ?? []
        guard section.count == 3, section.allSatisfy({ (0..<Self.pairLimit).contains($0) }) else {
            throw ONNXError(
                "attr.value", "mrope_section is \(section); three numbers of pairs are expected.")
        }
        let pairs = section.reduce(0, +)
        axes = (0..<pairs).map { pair in
            if layout == 0 { return pair < section[0] ? 0 : pair < section[0] + section[1] ? 1 : 2 }
            let axis = pair % 3
            return axis > 0 && pair < 3 * section[axis] ? axis : 0
        }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: [.float32])
        let positions = try context.input(1, oneOf: [.int64])
        let cos = try context.input(2, oneOf: [.float32])
        let sin = try context.input(3, oneOf: [.float32])
        guard cos.shape.rank == 2, cos.shape[1] == axes.count, !axes.isEmpty, cos.shape == sin.shape else {
            throw ONNXError(
                "op.shape",
                "cos_cache is \(cos) and sin_cache \(sin); [rows, \(axes.count)], as mrope_section says, is expected."
            )
        }
        let layout = try attributes.layout(of: input.shape, width: axes.count)
        guard positions.shape.dimensions == [3, layout.batch, layout.length] else {
            throw ONNXError(
                "op.shape",
                "position_ids is \(positions); [3, \(layout.batch), \(layout.length)] is expected.")
        }
        return [OutputPlan(.float32, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let positions = try context.input(1)
        let cos = try context.input(2)
        let sin = try context.input(3)
        let output = try context.output(0)
        let pairs = axes.count
        let layout = try attributes.layout(of: input.shape, width: pairs)
        let tokens = layout.batch * layout.length
        // Each token's own row of cosines, and one of sines.
        let rows = try Tensor(allocating: .float32, Shape([2, tokens, pairs]))
        defer { withExtendedLifetime((input, positions, cos, sin, output, rows)) {} }
        for token in 0..<tokens {
            for (pair, axis) in axes.enumerated() {
                let position = positions.int64(at: axis * tokens + token)
                guard position >= 0, position < cos.shape[0] else {
                    throw ONNXError(
                        "op.range", "Position \(position) lies outside the \(cos.shape[0]) rows of cos_cache."
                    )
                }
                let source = position * pairs + pair
                rows.mutableFloats[token * pairs + pair] = cos.floats[source]
                rows.mutableFloats[(tokens + token) * pairs + pair] = sin.floats[source]
            }
        }
        let count = tokens * pairs
        try attributes.turn(
            input, layout, width: pairs, cos: UnsafeBufferPointer(start: rows.floats, count: count),
            sin: UnsafeBufferPointer(start: rows.floats + count, count: count),
            row: { batch, index in batch * layout.length + index }, into: output, workers: context.workers)
    }
}
