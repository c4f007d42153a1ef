// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// Attention (com.microsoft): projection of the input to queries, keys and values, then multi-head attention.
///
/// Formula: `[Q, K, V] = input · weights + bias`; past keys and values stand before the new ones;
/// `output = softmax(scale · QKᵀ + mask + attention_bias) V`.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16; masks of one to three dimensions; past and present.
/// - Deviations: rotary embedding, shared past buffers, four-dimensional masks, and values of another size than the
///   keys are refused.
struct ContributedAttention: FloatOperator {
    private let parameters: MultiHeadJob.Parameters

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...7, outputs: 1...2)
        parameters = try MultiHeadJob.Parameters(node)
        let rotates = try node.flag("do_rotary")
        let sharesBuffer = try node.flag("past_present_share_buffer")
        let sizes = try node.ints("qkv_hidden_sizes") ?? []
        node.ignore("rotary_embedding_dim")
        guard !rotates, !sharesBuffer, !node.hasInput(6) else {
            throw ONNXError(
                "attr.unsupported",
                "do_rotary, past_present_share_buffer and past_sequence_length are not supported.")
        }
        guard sizes.isEmpty || sizes.count == 3 && Set(sizes).count == 1 else {
            throw ONNXError(
                "attr.unsupported", "qkv_hidden_sizes is \(sizes); three equal sizes are supported.")
        }
    }

    private struct Geometry {
        let batch: Int
        let length: Int
        let inputSize: Int
        let hidden: Int
        let headSize: Int
        let pastLength: Int
    }

    private func geometry(
        _ input: Shape, _ weights: Shape, _ past: Shape?
    ) throws(ONNXError) -> Geometry {
        guard input.rank == 3, weights.rank == 2, weights[0] == input[2], weights[1] % 3 == 0, weights[1] > 0,
            weights[1] / 3 % parameters.heads == 0, input.elementCount > 0
        else {
            throw ONNXError(
                "op.shape",
                """
                input is \(input) and weights \(weights); [batch, length, width] and [width, 3 * hidden], hidden a \
                multiple of \(parameters.heads) heads, are expected.
                """)
        }
        let hidden = weights[1] / 3
        let headSize = hidden / parameters.heads
        if let past {
            guard past.rank == 5, past[0] == 2, past[1] == input[0], past[2] == parameters.heads,
                past[4] == headSize
            else {
                throw ONNXError(
                    "op.shape",
                    "past is \(past); [2, \(input[0]), \(parameters.heads), length, \(headSize)] is expected."
                )
            }
        }
        return Geometry(
            batch: input[0], length: input[1], inputSize: input[2], hidden: hidden, headSize: headSize,
            pastLength: past?[3] ?? 0)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: [.float32])
        let weights = try context.input(1, oneOf: [.float32])
        let past = context.hasInput(4) ? try context.input(4, oneOf: [.float32]) : nil
        let sizes = try geometry(input.shape, weights.shape, past?.shape)
        if let bias = context.optionalInput(2) {
            guard bias.elementType == .float32, bias.shape.dimensions == [3 * sizes.hidden] else {
                throw ONNXError("op.shape", "bias is \(bias); [\(3 * sizes.hidden)] is expected.")
            }
        }
        let total = sizes.pastLength + sizes.length
        if let mask = context.optionalInput(3) {
            try AttentionMask.check(
                mask, batch: sizes.batch, queries: sizes.length, keys: total, allowsStarts: true)
        }
        try MultiHeadJob.checkBias(
            context.optionalInput(5), batch: sizes.batch, heads: parameters.heads, queries: sizes.length,
            keys: total)
        var plans = [OutputPlan(.float32, try Shape([sizes.batch, sizes.length, sizes.hidden]))]
        if context.outputCount > 1 {
            plans.append(
                OutputPlan(.float32, try Shape([2, sizes.batch, parameters.heads, total, sizes.headSize])))
        }
        return plans
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let weights = try context.input(1)
        let past = context.optionalInput(4)
        let bias = context.optionalInput(5)
        let output = try context.output(0)
        let present = context.optionalOutput(1)
        defer { withExtendedLifetime((context, present)) {} }
        let sizes = try geometry(input.shape, weights.shape, past?.shape)
        let rows = sizes.batch * sizes.length
        let width = 3 * sizes.hidden
        let total = sizes.pastLength + sizes.length
        let storeSize = sizes.batch * total * sizes.hidden
        let mask = context.optionalInput(3).flatMap {
            AttentionMask($0, batch: sizes.batch, queries: sizes.length, keys: total, allowsStarts: true)
        }
        let biasSize =
            mask == nil
            ? 0 : MultiHeadJob.biasElementCount(bias?.shape, queries: sizes.length, keys: total)
        let projected = try context.scratch(byteCount: 4 * (rows * width + 2 * storeSize + biasSize))
            .assumingMemoryBound(to: Float.self)
        try FloatMatrix.multiply(
            MatrixProductShape(m: rows, n: width, k: sizes.inputSize),
            a: MatrixOperand(input.floats, rowStride: sizes.inputSize),
            b: MatrixOperand(weights.floats, rowStride: width), into: projected, rowStride: width,
            workers: context.workers)
        if let vector = context.optionalInput(2) {
            for row in 0..<rows {
                let target = projected + row * width
                RowKernels.apply(
                    .add, target, vector.floats, into: target, count: width, workers: context.workers)
            }
        }
        let store = present?.mutableFloats ?? projected + rows * width
        func part(_ index: Int) -> MultiHeadJob.Rows {
            .init(
                base: projected + index * sizes.hidden, batchStride: sizes.length * width,
                strides: .init(position: width, head: sizes.headSize))
        }
        let pastSize = sizes.batch * sizes.pastLength * sizes.hidden
        try MultiHeadJob(
            parameters: parameters, batch: sizes.batch, length: sizes.length, keyLength: sizes.length,
            pastLength: sizes.pastLength, headSize: sizes.headSize, query: part(0), key: part(1),
            value: part(2),
            past: past.map { ($0.floats, $0.floats + pastSize) }, store: (store, store + storeSize),
            mask: mask,
            bias: bias, biasScratch: projected + (rows * width + 2 * storeSize), output: output.mutableFloats
        ).run(context)
    }
}
