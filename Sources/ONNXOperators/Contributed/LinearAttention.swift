// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// LinearAttention: attention through a recurrent state of one matrix for each value head.
///
/// Formula, position after position: `S = exp(decay) · S`, with the rules gated and gated_delta;
/// `S = S + k ⊗ v`, or `S = S + k ⊗ beta · (v − Sᵀk)` with the rules delta and gated_delta; `output = scale · Sᵀq`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__LinearAttention.html>, opsets 27;
///   <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16; more query heads than value heads and the reverse; keys with fewer heads than
///   values, each for as many in turn, as onnxruntime has them; state_window 0 to 8.
/// - Deviations: computed in float32 whatever the types; chunk_size changes nothing.
struct LinearAttention: FloatOperator {
    private let queryHeads: Int
    private let keyHeads: Int
    private let decays: Bool
    private let corrects: Bool
    /// 0: 1/√(key size).
    private let scale: Float
    /// States that past and present hold; nil: one, without an axis of its own.
    private let window: Int?

    static func typeInputs(ofOutput index: Int) -> [Int] { index == 1 ? [3, 0] : [0] }

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...6, outputs: 1...2)
        queryHeads = try node.requiredInt("q_num_heads")
        keyHeads = try node.requiredInt("kv_num_heads")
        scale = try node.float("scale", default: 0)
        let rule = try node.string("update_rule", default: "gated_delta")
        let window = try node.int("state_window", default: 0)
        node.ignore("chunk_size")
        guard queryHeads > 0, keyHeads > 0, queryHeads <= 1 << 16, keyHeads <= 1 << 16,
            queryHeads % keyHeads == 0 || keyHeads % queryHeads == 0, scale.isFinite
        else {
            throw ONNXError(
                "attr.value",
                "q_num_heads is \(queryHeads), kv_num_heads \(keyHeads) and scale \(scale); one number of heads must divide the other."
            )
        }
        guard ["linear", "gated", "delta", "gated_delta"].contains(rule) else {
            throw ONNXError(
                "attr.value", "update_rule is \(rule); linear, gated, delta and gated_delta are known.")
        }
        guard (0...8).contains(window) else {
            throw ONNXError("attr.value", "state_window is \(window); 0 to 8 is expected.")
        }
        decays = rule.hasPrefix("gated")
        corrects = rule.hasSuffix("delta")
        self.window = window == 0 ? nil : window
        guard node.hasInput(4) == decays, node.hasInput(5) == corrects else {
            throw ONNXError(
                "op.input_unsupported",
                "update_rule \(rule) needs \(decays ? "a" : "no") decay and \(corrects ? "a" : "no") beta.")
        }
    }

    /// Checks all shapes; ``run(_:)`` finds the same.
    private func call(
        query: Shape, key: Shape, value: Shape, past: Shape?, decay: Shape?, beta: Shape?
    ) throws(ONNXError) -> LinearAttentionCall {
        guard query.rank == 3, key.rank == 3, value.rank == 3,
            key[0] == query[0], key[1] == query[1], value[0] == query[0], value[1] == query[1],
            query[2] % queryHeads == 0, value[2] % keyHeads == 0, query[2] > 0,
            case let keySize = query[2] / queryHeads, key[2] > 0, key[2] % keySize == 0,
            keyHeads % (key[2] / keySize) == 0
        else {
            throw ONNXError(
                "op.shape",
                """
                query is \(query), key \(key) and value \(value); [batch, length, heads × size] with \(queryHeads) \
                query heads and \(keyHeads) key heads is expected.
                """)
        }
        let rows = [query[0], query[1]]
        let valueSize = value[2] / keyHeads
        let state = (window.map { [$0] } ?? []) + [query[0], keyHeads, keySize, valueSize]
        if let past, past.dimensions != state {
            throw ONNXError("op.shape", "past_state is \(past); \(state) is expected.")
        }
        var decayWidth = 0
        if let decay {
            guard decay.rank == 3, Array(decay.dimensions.prefix(2)) == rows,
                decay[2] == keyHeads || decay[2] == keyHeads * keySize
            else {
                throw ONNXError(
                    "op.shape",
                    "decay is \(decay); \(rows) and \(keyHeads) or \(keyHeads * keySize) is expected.")
            }
            decayWidth = decay[2] / keyHeads
        }
        if let beta {
            guard beta.rank == 3, Array(beta.dimensions.prefix(2)) == rows,
                beta[2] == keyHeads || beta[2] == 1
            else { throw ONNXError("op.shape", "beta is \(beta); \(rows) and \(keyHeads) or 1 is expected.") }
        }
        return LinearAttentionCall(
            batches: query[0], length: query[1], queryHeads: queryHeads, keyHeads: keyHeads,
            keyCount: key[2] / keySize, keySize: keySize, valueSize: valueSize,
            scale: scale == 0 ? 1 / Float(keySize).squareRoot() : scale,
            decayWidth: decayWidth, rateCount: beta?[2] ?? 0, window: window ?? 1)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        for index in 0..<6 where context.hasInput(index) { _ = try context.input(index, oneOf: [.float32]) }
        let call = try call(
            query: context.input(0).shape, key: context.input(1).shape, value: context.input(2).shape,
            past: context.optionalInput(3)?.shape, decay: context.optionalInput(4)?.shape,
            beta: context.optionalInput(5)?.shape)
        let output = try Shape([call.batches, call.length, call.outputHeads * call.valueSize])
        return [OutputPlan(.float32, output), OutputPlan(.float32, try stateShape(call))]
    }

    private func stateShape(_ call: LinearAttentionCall) throws(ONNXError) -> Shape {
        try Shape((window.map { [$0] } ?? []) + [call.batches, keyHeads, call.keySize, call.valueSize])
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let (query, key, value) = (try context.input(0), try context.input(1), try context.input(2))
        let past = context.optionalInput(3)
        let decay = context.optionalInput(4)
        let beta = context.optionalInput(5)
        let call = try call(
            query: query.shape, key: key.shape, value: value.shape, past: past?.shape, decay: decay?.shape,
            beta: beta?.shape)
        let output = try Shape([call.batches, call.length, call.outputHeads * call.valueSize])
        TypedKernels.linearAttention(
            query: query, key: key, value: value, past: past, decay: decay, rates: beta, call,
            into: try context.output(0, orAllocating: .float32, output),
            states: try context.output(1, orAllocating: .float32, stateShape(call)), workers: context.workers)
    }
}
