// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// MultiHeadAttention: attention of projected queries, keys and values, all with the same number of heads.
///
/// Formula: biases join queries, keys and values; past keys and values stand before the new ones;
/// `output = softmax(scale · QKᵀ + mask + attention_bias) V`.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16; keys of their own length; keys and values as `[batch, length, hidden]`,
///   or already split into heads; past and present.
/// - Deviations: packed projections, shared past buffers, cache indirection, the output qk, and values of another size
///   than the keys are refused.
struct MultiHeadAttention: FloatOperator {
    private let parameters: MultiHeadJob.Parameters

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...10, outputs: 1...4)
        parameters = try MultiHeadJob.Parameters(node)
        guard node.hasInput(1), node.hasInput(2) else {
            throw ONNXError("op.input_unsupported", "Packed queries, keys and values are not supported.")
        }
        guard !node.hasInput(8), !node.hasInput(9), !node.hasOutput(3) else {
            throw ONNXError(
                "op.input_unsupported",
                "past_sequence_length, cache_indirection and the output qk are not supported.")
        }
        guard node.hasInput(6) == node.hasInput(7), node.hasOutput(1) == node.hasOutput(2) else {
            throw ONNXError("input.missing", "Of past or present, only keys or only values are named.")
        }
    }

    private struct Geometry {
        let batch: Int
        let length: Int
        let hidden: Int
        let headSize: Int
        let keyLength: Int
        let pastLength: Int
        /// Keys and values are `[batch, heads, length, head size]`.
        let isSplit: Bool
    }

    private func geometry(
        query: Shape, key: Shape, value: Shape, past: (Shape, Shape)?
    ) throws(ONNXError) -> Geometry {
        let heads = parameters.heads
        guard query.rank == 3, query.elementCount > 0, query[2] % heads == 0 else {
            throw ONNXError(
                "op.shape", "query is \(query); [batch, length, \(heads) * head size] is expected.")
        }
        let headSize = query[2] / heads
        let isSplit = key.rank == 4
        let keyLength = key.rank == 4 ? key[2] : key.rank == 3 ? key[1] : -1
        let expected =
            isSplit ? [query[0], heads, keyLength, headSize] : [query[0], keyLength, query[2]]
        guard key.dimensions == expected, value.dimensions == expected else {
            throw ONNXError(
                "op.shape", "key is \(key) and value \(value); \(expected) is expected for query \(query).")
        }
        var pastLength = 0
        if let past {
            pastLength = past.0.rank == 4 ? past.0[2] : -1
            let dimensions = [query[0], heads, pastLength, headSize]
            guard past.0.dimensions == dimensions, past.1.dimensions == dimensions else {
                throw ONNXError(
                    "op.shape", "past_key is \(past.0) and past_value \(past.1); \(dimensions) is expected.")
            }
        }
        return Geometry(
            batch: query[0], length: query[1], hidden: query[2], headSize: headSize, keyLength: keyLength,
            pastLength: pastLength, isSplit: isSplit)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        var shapes: [Shape] = []
        for index in 0...2 { shapes.append(try context.input(index, oneOf: [.float32]).shape) }
        var past: (Shape, Shape)?
        if context.hasInput(6) {
            past = (
                try context.input(6, oneOf: [.float32]).shape, try context.input(7, oneOf: [.float32]).shape
            )
        }
        let sizes = try geometry(query: shapes[0], key: shapes[1], value: shapes[2], past: past)
        if let bias = context.optionalInput(3) {
            guard bias.elementType == .float32, bias.shape.dimensions == [3 * sizes.hidden], !sizes.isSplit
            else {
                throw ONNXError(
                    "op.shape", "bias is \(bias); [\(3 * sizes.hidden)], and keys not split, are expected.")
            }
        }
        let total = sizes.pastLength + sizes.keyLength
        if let mask = context.optionalInput(4) {
            try AttentionMask.check(
                mask, batch: sizes.batch, queries: sizes.length, keys: total, allowsStarts: false)
        }
        try MultiHeadJob.checkBias(
            context.optionalInput(5), batch: sizes.batch, heads: parameters.heads, queries: sizes.length,
            keys: total)
        let present = try Shape([sizes.batch, parameters.heads, total, sizes.headSize])
        let plans = [OutputPlan(.float32, shapes[0])] + (0..<3).map { _ in OutputPlan(.float32, present) }
        return Array(plans.prefix(context.outputCount))
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let query = try context.input(0)
        let key = try context.input(1)
        let value = try context.input(2)
        let past = context.optionalInput(6).flatMap { keys in context.optionalInput(7).map { (keys, $0) } }
        let bias = context.optionalInput(5)
        let output = try context.output(0)
        defer { withExtendedLifetime(context) {} }
        let sizes = try geometry(
            query: query.shape, key: key.shape, value: value.shape,
            past: past.map { ($0.0.shape, $0.1.shape) })
        let total = sizes.pastLength + sizes.keyLength
        let storeSize = context.optionalOutput(1) == nil ? sizes.batch * total * sizes.hidden : 0
        let mask = context.optionalInput(4).flatMap {
            AttentionMask($0, batch: sizes.batch, queries: sizes.length, keys: total, allowsStarts: false)
        }
        let biasSize =
            mask == nil
            ? 0 : MultiHeadJob.biasElementCount(bias?.shape, queries: sizes.length, keys: total)
        let vector = context.optionalInput(3)
        let inputSizes = [query, key, value].map { vector == nil ? 0 : $0.shape.elementCount }
        var next = try context.scratch(byteCount: 4 * (2 * storeSize + biasSize + inputSizes.reduce(0, +)))
            .assumingMemoryBound(to: Float.self)
        func take(_ count: Int) -> UnsafeMutablePointer<Float> {
            defer { next += count }
            return next
        }
        let scratch = take(biasSize)
        let stored = (take(storeSize), take(storeSize))
        var rows: [MultiHeadJob.Rows] = []
        for (index, tensor) in [query, key, value].enumerated() {
            var base = tensor.floats
            if let vector {
                let target = take(inputSizes[index])
                add(vector.floats + index * sizes.hidden, to: tensor, into: target, sizes.hidden, context)
                base = UnsafePointer(target)
            }
            let isSplit = sizes.isSplit && index > 0
            let length = index == 0 ? sizes.length : sizes.keyLength
            rows.append(
                .init(
                    base: base, batchStride: length * sizes.hidden,
                    strides: isSplit
                        ? .init(position: sizes.headSize, head: length * sizes.headSize)
                        : .init(position: sizes.hidden, head: sizes.headSize)))
        }
        try MultiHeadJob(
            parameters: parameters, batch: sizes.batch, length: sizes.length, keyLength: sizes.keyLength,
            pastLength: sizes.pastLength, headSize: sizes.headSize, query: rows[0], key: rows[1],
            value: rows[2], past: past.map { ($0.0.floats, $0.1.floats) },
            store: (
                context.optionalOutput(1)?.mutableFloats ?? stored.0,
                context.optionalOutput(2)?.mutableFloats ?? stored.1
            ), mask: mask, bias: bias, biasScratch: scratch, output: output.mutableFloats
        ).run(context)
    }

    private func add(
        _ vector: UnsafePointer<Float>, to tensor: Tensor, into target: UnsafeMutablePointer<Float>,
        _ width: Int, _ context: RunContext
    ) {
        for row in 0..<tensor.shape.elementCount / width {
            RowKernels.apply(
                .add, tensor.floats + row * width, vector, into: target + row * width, count: width,
                workers: context.workers)
        }
    }
}
