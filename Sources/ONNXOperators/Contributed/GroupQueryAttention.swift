// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// GroupQueryAttention: causal attention of query heads over a cache of fewer key/value heads.
///
/// Formula, per batch row with `T = seqlens_k + 1` positions of which the last `Q` are new: norm and rotary embedding
/// of queries and keys where asked for; new keys and values join the cache; then
/// `softmax(softcap(scale · q·k) + bias) · v` over the positions that the causal mask and the window leave. The
/// denominator also has `exp(0)` with smooth_softmax, or `exp(sink)` with head_sink.
///
/// In the domain `onnxlm` it has an 18th input, the scalar or one-element int64 `count`: the output has the last `count`
/// positions alone, and other queries are not read.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: separate and packed projections; a session's ``KVCache`` of any type, past tensors, or no past;
///   windowed caches; caches of 8 or 4 bits in tensors, scaled as a whole or by channel; q and k norm weights; the
///   scores before (qk_output 1) or after (2) the softmax, zeros where a query sees nothing.
/// - Deviations: local_window_size counts keys with the current one included; float8 caches, and qk_output beside
///   sliding_window_cache, which onnxruntime's CPU code lacks too, are refused; output rows of padding are zeros when
///   query_seqlens is given.
struct GroupQueryAttention: FloatOperator {
    let heads: Int
    let kvHeads: Int
    /// Nil: 1/√(head size).
    let scale: Float?
    let softcap: Float
    var rotates: Bool
    let isInterleaved: Bool
    let isCausal: Bool
    /// Keys that a query sees, its own included; 0: all.
    let window: Int
    let smoothSoftmax: Bool
    let hasWindowedCache: Bool
    let queryNormEpsilon: Float
    let keyNormEpsilon: Float
    /// How the cache is quantised, where it is.
    var cacheCode: CacheCode?
    /// What the fourth output shows; nil: there is none.
    let shownScores: ShownScores?

    /// The stage of the scores that output_qk has.
    enum ShownScores: Int, Sendable {
        case biased = 1
        case weights = 2
    }

    /// Positions of the inputs.
    enum Input {
        static let query = 0
        static let key = 1
        static let value = 2
        static let pastKey = 3
        static let pastValue = 4
        static let lengths = 5
        static let totalLength = 6
        static let cos = 7
        static let sin = 8
        static let positions = 9
        static let bias = 10
        static let headSink = 11
        static let keyScale = 12
        static let valueScale = 13
        static let queryNorm = 14
        static let keyNorm = 15
        static let queryLengths = 16
        /// Of `onnxlm.GroupQueryAttention` alone.
        static let count = 17
    }

    init(_ node: OperatorNode) throws(ONNXError) {
        let hasCount = node.node.domain == OperatorRegistry.internalDomain
        try node.checkArity(
            inputs: hasCount ? Input.count + 1...Input.count + 1 : 7...17, outputs: 1...4,
            required: [0, 5, 6])
        heads = try node.requiredInt("num_heads")
        kvHeads = try node.requiredInt("kv_num_heads")
        let scale = try node.float("scale", default: 0)
        softcap = try node.float("softcap", default: 0)
        rotates = try node.flag("do_rotary")
        isInterleaved = try node.flag("rotary_interleaved")
        isCausal = try node.flag("causal", default: true)
        let window = try node.int("local_window_size", default: -1)
        smoothSoftmax = try node.int("smooth_softmax", default: 0) == 1
        hasWindowedCache = try node.flag("sliding_window_cache")
        let epsilon = try node.float("qk_norm_epsilon", default: 1e-6)
        queryNormEpsilon = try node.float("q_norm_epsilon", default: epsilon)
        keyNormEpsilon = try node.float("k_norm_epsilon", default: epsilon)
        cacheCode = try CacheCode.read(node)
        let scores = try node.int("qk_output", default: 0)
        shownScores = ShownScores(rawValue: scores)

        guard heads > 0, heads <= 1 << 16, kvHeads > 0, heads % kvHeads == 0 else {
            throw ONNXError(
                "attr.value",
                "num_heads is \(heads) and kv_num_heads \(kvHeads); the first must be a multiple of the second."
            )
        }
        guard scale.isFinite, softcap.isFinite, softcap >= 0 else {
            throw ONNXError(
                "attr.value", "scale is \(scale) and softcap \(softcap); finite values are expected.")
        }
        guard epsilon > 0, queryNormEpsilon > 0, keyNormEpsilon > 0, epsilon.isFinite,
            queryNormEpsilon.isFinite, keyNormEpsilon.isFinite
        else { throw ONNXError("attr.value", "An epsilon of the q and k norm is not positive and finite.") }
        guard isCausal || window <= 0 else {
            throw ONNXError("attr.value", "local_window_size is \(window) although causal is 0.")
        }
        guard !hasWindowedCache || (window > 0 && isCausal) else {
            throw ONNXError("attr.value", "sliding_window_cache needs causal and a local_window_size.")
        }
        guard (0...2).contains(scores), (scores > 0) == node.hasOutput(3) else {
            throw ONNXError(
                "attr.value",
                "qk_output is \(scores); 1 or 2 with the output output_qk, or 0 without it, is expected.")
        }
        guard scores == 0 || !hasWindowedCache else {
            throw ONNXError("attr.unsupported", "qk_output is not supported beside sliding_window_cache.")
        }
        guard node.hasInput(Input.key) == node.hasInput(Input.value),
            node.hasInput(Input.pastKey) == node.hasInput(Input.pastValue),
            node.hasInput(Input.cos) == node.hasInput(Input.sin),
            node.hasInput(Input.queryNorm) == node.hasInput(Input.keyNorm)
        else {
            throw ONNXError(
                "input.missing",
                "Of key and value, past key and value, cos and sin, or the norm weights, only one is given.")
        }
        guard !rotates || node.hasInput(Input.cos) else {
            throw ONNXError("input.missing", "do_rotary needs cos_cache and sin_cache.")
        }
        guard !node.hasInput(Input.queryLengths) || isCausal else {
            throw ONNXError("attr.value", "query_seqlens needs causal attention.")
        }
        guard !hasCount || !node.hasInput(Input.queryLengths) && scores == 0 else {
            throw ONNXError("attr.unsupported", "query_seqlens and qk_output need results for all positions.")
        }
        self.scale = scale == 0 ? nil : scale
        self.window = max(0, window)
    }

    var cacheInputs: [Int: KVCache.Format] {
        // A session's caches have no scales by channel, and scores are written from plain rows.
        guard cacheCode == nil, shownScores == nil else { return [:] }
        let window = window > 0 ? window : nil
        return [
            Input.pastKey: KVCache.Format(layout: .panels, window: window),
            Input.pastValue: KVCache.Format(layout: .rows, window: window),
        ]
    }

    // Each run checks the lengths of its rows against the caches and the rotary tables.
    var growingInputs: [Int] { [Input.pastKey, Input.pastValue, Input.lengths, Input.totalLength] }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let geometry = try geometry(context)
        let total = try Self.totalLength(try context.value(Input.totalLength))
        let pastLength = context.optionalInput(Input.pastKey)?.shape[2] ?? 0
        try checkTotal(total, geometry)
        try checkBias(context.optionalInput(Input.bias), total: total, geometry)
        let presentLength = hasWindowedCache ? pastLength : max(total, pastLength)
        let width = cacheCode?.width(headSize: geometry.headSize) ?? geometry.headSize
        let present = try Shape([geometry.batch, kvHeads, presentLength, width])
        let cacheType = cacheCode?.elementType ?? .float32
        if let cacheCode { try checkScales(context, cacheCode, headSize: geometry.headSize) }
        let count =
            context.hasInput(Input.count)
            ? try LastPositions.count(context.value(Input.count), of: geometry.length) : geometry.length
        var plans = [OutputPlan(.float32, try Shape([geometry.batch, count, heads * geometry.headSize]))]
        if context.outputCount > 1 {
            plans.append(OutputPlan(cacheType, present, placement(context, Input.pastKey)))
        }
        if context.outputCount > 2 {
            plans.append(OutputPlan(cacheType, present, placement(context, Input.pastValue)))
        }
        if context.outputCount > 3 {
            plans.append(
                OutputPlan(.float32, try Shape([geometry.batch, heads, geometry.length, total])))
        }
        return plans
    }

    private func placement(_ context: InferenceContext, _ index: Int) -> OutputPlan.Placement {
        cacheInputs[index] != nil && context.hasInput(index) ? .cache(input: index) : .allocated
    }
}
