// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// Attention (com.microsoft): projection of the input to queries, keys and values, then multi-head attention.
///
/// Formula: `[Q, K, V] = input · weights + bias`; past keys and values stand before the new ones;
/// `output = softmax(scale · QKᵀ + mask + attention_bias) V`.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16; masks of one to three dimensions; past and present; values of another size
///   than the keys, without a past.
/// - Deviations: rotary embedding, shared past buffers and four-dimensional masks, which onnxruntime's CPU code lacks
///   too, are refused.
struct ContributedAttention: FloatOperator {
    private let parameters: MultiHeadJob.Parameters
    /// Elements of all heads of queries, of keys and of values; nil: a third of the weights each.
    private let hiddenSizes: [Int]?

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...7, outputs: 1...2)
        let parameters = try MultiHeadJob.Parameters(node)
        self.parameters = parameters
        let rotates = try node.flag("do_rotary")
        let sharesBuffer = try node.flag("past_present_share_buffer")
        let sizes = try node.ints("qkv_hidden_sizes") ?? []
        node.ignore("rotary_embedding_dim")
        guard !rotates, !sharesBuffer else {
            throw ONNXError(
                "attr.unsupported", "do_rotary and past_present_share_buffer are not supported.")
        }
        guard
            sizes.isEmpty
                || sizes.count == 3 && sizes[0] == sizes[1]
                    && sizes.allSatisfy({ $0 > 0 && $0 <= 1 << 30 && $0 % parameters.heads == 0 })
        else {
            throw ONNXError(
                "attr.value",
                """
                qkv_hidden_sizes is \(sizes); three multiples of \(parameters.heads) heads, the first two equal, \
                are expected.
                """)
        }
        hiddenSizes = sizes.isEmpty ? nil : sizes
    }

    private func sizes(_ input: Shape, _ weights: Shape, _ past: Shape?) throws(ONNXError) -> MultiHeadSizes {
        let heads = parameters.heads
        let columns = weights.rank == 2 ? weights[1] : 0
        let hidden = hiddenSizes ?? [columns / 3, columns / 3, columns / 3]
        guard input.rank == 3, weights.rank == 2, weights[0] == input[2], columns > 0,
            hidden.reduce(0, +) == columns, hidden[0] % heads == 0, input.elementCount > 0
        else {
            throw ONNXError(
                "op.shape",
                """
                input is \(input) and weights \(weights); [batch, length, width] and [width, 3 * hidden], hidden a \
                multiple of \(heads) heads, or the sum of qkv_hidden_sizes, are expected.
                """)
        }
        let (headSize, valueSize) = (hidden[0] / heads, hidden[2] / heads)
        if let past {
            guard past.rank == 5, past[0] == 2, past[1] == input[0], past[2] == heads, past[4] == headSize,
                valueSize == headSize
            else {
                throw ONNXError(
                    "op.shape",
                    """
                    past is \(past); [2, \(input[0]), \(heads), length, \(headSize)], and values of the keys' size, \
                    are expected.
                    """)
            }
        }
        let length = past?[3] ?? 0
        return MultiHeadSizes(
            batch: input[0], heads: heads, length: input[1], headSize: headSize, valueSize: valueSize,
            keyLength: input[1], pastLength: length, pastCapacity: length)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: [.float32])
        let weights = try context.input(1, oneOf: [.float32])
        let past = context.hasInput(4) ? try context.input(4, oneOf: [.float32]) : nil
        let sizes = try sizes(input.shape, weights.shape, past?.shape)
        if let bias = context.optionalInput(2) {
            guard bias.elementType == .float32, bias.shape.dimensions == [weights.shape[1]] else {
                throw ONNXError("op.shape", "bias is \(bias); [\(weights.shape[1])] is expected.")
            }
        }
        if let mask = context.optionalInput(3), !Self.hidesNothing(mask.shape, sizes) {
            try AttentionMask.check(
                mask, batch: sizes.batch, queries: sizes.length, keys: sizes.total, allowsStarts: true)
        }
        try MultiHeadJob.checkBias(
            context.optionalInput(5), batch: sizes.batch, heads: sizes.heads, queries: sizes.length,
            keys: sizes.total)
        var plans = [OutputPlan(.float32, try Shape([sizes.batch, sizes.length, sizes.valueHidden]))]
        if context.outputCount > 1 {
            guard sizes.valueSize == sizes.headSize else {
                throw ONNXError("op.shape", "present cannot hold keys and values of different sizes.")
            }
            plans.append(
                OutputPlan(
                    .float32, try Shape([2, sizes.batch, sizes.heads, sizes.total, sizes.headSize])))
        }
        return plans
    }

    /// Whether a mask is one number for all keys of a row, which changes nothing.
    private static func hidesNothing(_ mask: Shape, _ sizes: MultiHeadSizes) -> Bool {
        mask.rank == 2 && mask[1] == 1 && sizes.total != 1 && (mask[0] == 1 || mask[0] == sizes.batch)
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let weights = try context.input(1)
        let past = context.optionalInput(4)
        let bias = context.optionalInput(5)
        let output = try context.output(0)
        let present = context.optionalOutput(1)
        defer { withExtendedLifetime((context, present)) {} }
        let sizes = try sizes(input.shape, weights.shape, past?.shape)
        let rows = sizes.batch * sizes.length
        let width = weights.shape[1]
        let storeRows = sizes.batch * sizes.total
        let storeSize = storeRows * (sizes.hidden + sizes.valueHidden)
        let mask = context.optionalInput(3).flatMap {
            AttentionMask(
                $0, batch: sizes.batch, queries: sizes.length, keys: sizes.total, allowsStarts: true)
        }
        let biasSize =
            mask == nil
            ? 0 : MultiHeadJob.biasElementCount(bias?.shape, queries: sizes.length, keys: sizes.total)
        let projected = try context.scratch(byteCount: 4 * (rows * width + storeSize + biasSize))
            .assumingMemoryBound(to: Float.self)
        try FloatMatrix.multiply(
            MatrixProductShape(m: rows, n: width, k: input.shape[2]),
            a: MatrixOperand(input.floats, rowStride: input.shape[2]),
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
        func part(_ index: Int, _ size: Int) -> MultiHeadJob.Rows {
            .init(
                base: projected + index * sizes.hidden, batchStride: sizes.length * width,
                strides: .init(position: width, head: size))
        }
        let pastSize = sizes.batch * sizes.pastLength * sizes.hidden
        try MultiHeadJob(
            parameters: parameters, sizes: sizes, query: part(0, sizes.headSize),
            key: part(1, sizes.headSize), value: part(2, sizes.valueSize),
            past: past.map { ($0.floats, $0.floats + pastSize) },
            store: (store, store + storeRows * sizes.hidden), mask: mask, bias: bias,
            biasScratch: projected + (rows * width + storeSize), output: output.mutableFloats
        ).run(context)
    }
}
