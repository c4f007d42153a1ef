// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// RotaryEmbedding of ONNX's own domain: turns pairs of elements by angles that depend on the position.
///
/// Formula: `y₁ = cos × x₁ − sin × x₂`, `y₂ = sin × x₁ + cos × x₂`. The caches are `[positions, half]` with
/// position_ids, `[batch, sequence, half]` without.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__RotaryEmbedding.html>, opsets 23.
/// - Supports: float16, bfloat16, float and double; `[batch, heads, sequence, size]` and
///   `[batch, sequence, heads × size]`.
/// - Deviations: a position outside the cache is the error `op.range`.
struct StandardRotaryEmbedding: Operator {
    private let isInterleaved: Bool
    private let rotarySize: Int
    private let heads: Int

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...4, outputs: 1...1)
        isInterleaved = try node.flag("interleaved")
        rotarySize = try node.int("rotary_embedding_dim", default: 0)
        heads = try node.int("num_heads", default: 0)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .floats)
        let call = try call(input.shape, positions: [])
        let cacheShape: [Int]
        if let positions = context.optionalInput(3) {
            guard positions.elementType == .int64, positions.shape.dimensions == [call.batches, call.rows]
            else {
                throw ONNXError(
                    "op.shape",
                    "position_ids is \(positions); int64[\(call.batches), \(call.rows)] is expected.")
            }
            cacheShape = [try context.input(1).shape.dimensions.first ?? 0, call.rotarySize / 2]
        } else {
            cacheShape = [call.batches, call.rows, call.rotarySize / 2]
        }
        for index in 1...2 {
            try context.checkSameElementType(0, index)
            guard try context.input(index).shape.dimensions == cacheShape else {
                throw ONNXError(
                    "op.shape",
                    "Cache \(index) is \(try context.input(index)); shape \(cacheShape) is expected.")
            }
        }
        return [OutputPlan(input.elementType, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let shape = try context.input(0).shape
        guard shape.elementCount > 0 else { return }
        var call = try call(shape, positions: [])
        if let given = context.optionalInput(3) {
            let rows = try context.input(1).shape[0]
            call.positions = try given.integers()
            for position in call.positions where position < 0 || position >= rows {
                throw ONNXError("op.range", "Position \(position) lies outside a cache of \(rows) positions.")
            }
        } else {
            call.positions = Array(0..<call.batches * call.rows)
        }
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            try TypedKernels.rotate(
                try context.input(0), cosines: try context.input(1), sines: try context.input(2), call,
                into: try context.output(0))
        }
    }

    private func call(_ shape: Shape, positions: [Int]) throws(ONNXError) -> RotaryCall {
        let (heads, rows, size): (Int, Int, Int)
        switch shape.rank {
        case 4: (heads, rows, size) = (shape[1], shape[2], shape[3])
        case 3 where self.heads > 0 && shape[2] % self.heads == 0:
            (heads, rows, size) = (self.heads, shape[1], shape[2] / self.heads)
        default:
            throw ONNXError(
                "op.shape", "An input of shape \(shape) with \(self.heads) heads is not supported.")
        }
        let rotary = rotarySize == 0 ? size : rotarySize
        guard rotary > 0, rotary <= size, rotary % 2 == 0 else {
            throw ONNXError("op.attr", "\(rotary) of \(size) elements of a head cannot be turned in pairs.")
        }
        return RotaryCall(
            batches: shape[0], heads: heads, rows: rows, headSize: size, rotarySize: rotary,
            isInterleaved: isInterleaved,
            layout: shape.rank == 4
                ? HeadLayout(heads: heads, rows: rows, size: size)
                : HeadLayout(rows: rows, interleavedHeads: heads, size: size), positions: positions)
    }
}
