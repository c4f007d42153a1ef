// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// MultiHeadAttention: attention of projected queries, keys and values, all with the same number of heads.
///
/// Formula: biases join queries, keys and values; past keys and values stand before the new ones;
/// `output = softmax(scale · QKᵀ + mask + attention_bias) V`; qk is what the softmax gets.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16; keys of their own length; values of another size than the keys; keys and
///   values as `[batch, length, hidden]`, already split into heads, or packed with the queries or with each other; past
///   and present, also in one buffer with past_sequence_length; cache_indirection; the output qk.
/// - Deviations: none. (Packed inputs are computed here; onnxruntime's CPU code refuses them.)
struct MultiHeadAttention: FloatOperator {
    let parameters: MultiHeadJob.Parameters

    /// Positions of the inputs.
    enum Input {
        static let query = 0
        static let key = 1
        static let value = 2
        static let bias = 3
        static let mask = 4
        static let attentionBias = 5
        static let pastKey = 6
        static let pastValue = 7
        static let pastLength = 8
        static let indirection = 9
    }

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...10, outputs: 1...4)
        parameters = try MultiHeadJob.Parameters(node)
        guard node.hasInput(Input.key) || !node.hasInput(Input.value),
            node.hasInput(Input.pastKey) == node.hasInput(Input.pastValue)
        else { throw ONNXError("input.missing", "Of key and value, or their past, only one is named.") }
        let needsBuffer = node.hasInput(Input.pastLength) || node.hasInput(Input.indirection)
        guard !needsBuffer || node.hasInput(Input.pastLength) && node.hasInput(Input.pastKey) else {
            throw ONNXError(
                "input.missing",
                "past_sequence_length needs past key and value, and cache_indirection needs all three.")
        }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let given = context.hasInput(Input.pastLength) ? try context.integer(Input.pastLength) : nil
        for index in [0, 1, 2, 6, 7] where context.hasInput(index) {
            _ = try context.input(index, oneOf: [.float32])
        }
        let layout = try Layout(
            self, (0..<context.inputCount).map { context.optionalInput($0)?.shape }, pastLength: given)
        let sizes = layout.sizes
        if let bias = context.optionalInput(Input.bias) {
            let count = 2 * sizes.hidden + sizes.valueHidden
            guard bias.elementType == .float32, bias.shape.dimensions == [count] else {
                throw ONNXError("op.shape", "bias is \(bias); [\(count)] is expected.")
            }
        }
        if let mask = context.optionalInput(Input.mask) {
            try AttentionMask.check(
                mask, batch: sizes.batch, queries: sizes.length, keys: sizes.total, allowsStarts: false)
        }
        try MultiHeadJob.checkBias(
            context.optionalInput(Input.attentionBias), batch: sizes.batch, heads: sizes.heads,
            queries: sizes.length, keys: sizes.total)
        if let beams = context.optionalInput(Input.indirection) { try BeamHistory.check(beams, sizes) }
        let present = [sizes.batch, sizes.heads, sizes.capacity]
        let shapes = [
            [sizes.batch, sizes.length, sizes.valueHidden], present + [sizes.headSize],
            present + [sizes.valueSize], [sizes.batch, sizes.heads, sizes.length, sizes.total],
        ]
        var plans: [OutputPlan] = []
        for shape in shapes.prefix(context.outputCount) {
            plans.append(OutputPlan(.float32, try Shape(shape)))
        }
        return plans
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let shapes = (0..<context.inputCount).map { context.optionalInput($0)?.shape }
        let given = try context.optionalInput(Input.pastLength)?.integers().first
        let layout = try Layout(self, shapes, pastLength: given)
        let sizes = layout.sizes
        let output = try context.output(0)
        defer { withExtendedLifetime(context) {} }
        let attentionBias = context.optionalInput(Input.attentionBias)
        let mask = context.optionalInput(Input.mask).flatMap {
            AttentionMask(
                $0, batch: sizes.batch, queries: sizes.length, keys: sizes.total, allowsStarts: false)
        }
        let (keys, values) = (context.optionalOutput(1), context.optionalOutput(2))
        let rows = sizes.batch * sizes.heads * sizes.capacity
        let counts = [
            mask == nil
                ? 0
                : MultiHeadJob.biasElementCount(
                    attentionBias?.shape, queries: sizes.length, keys: sizes.total),
            keys == nil ? rows * sizes.headSize : 0, values == nil ? rows * sizes.valueSize : 0,
        ]
        let projections = try layout.projections(context)
        let needed = counts.reduce(0, +) + projections.reduce(0) { $0 + $1.scratchCount }
        var next = try context.scratch(byteCount: 4 * needed).assumingMemoryBound(to: Float.self)
        func take(_ count: Int) -> UnsafeMutablePointer<Float> {
            defer { next += count }
            return next
        }
        let places = counts.map(take)
        var parts: [MultiHeadJob.Rows] = []
        for projection in projections {
            parts.append(projection.rows(take(projection.scratchCount), context))
        }
        let pastKey = context.optionalInput(Input.pastKey)
        let past = pastKey.flatMap { key in
            context.optionalInput(Input.pastValue).map { (key.floats, $0.floats) }
        }
        var job = MultiHeadJob(
            parameters: parameters, sizes: sizes, query: parts[0], key: parts[1], value: parts[2], past: past,
            store: (keys?.mutableFloats ?? places[1], values?.mutableFloats ?? places[2]), mask: mask,
            bias: attentionBias, biasScratch: places[0], output: output.mutableFloats)
        job.beams = context.optionalInput(Input.indirection).map { BeamHistory(tensor: $0) }
        job.shownScores = context.optionalOutput(3)?.mutableFloats
        try job.run(context)
    }
}
