// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Attention of ONNX's own domain: scaled dot-product attention, with grouped heads, a mask and cached keys and values.
///
/// Formula: `Y = softmax(softcap(scale × Q × Kᵀ) + mask) × V`; a query that sees no key gives zeros. Queries stand after
/// the past keys, or so that the last one stands at the last of nonpad_kv_seqlen.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Attention.html>, opsets 23, 24, 25.
/// - Supports: float16, bfloat16, float and double; `[batch, heads, sequence, size]` and
///   `[batch, sequence, heads × size]`.
/// - Deviations: softmax_precision changes nothing: float32 (or double) is used throughout.
struct StandardAttention: Operator {
    let queryHeads: Int?
    let keyHeads: Int?
    let scale: Float?
    let softcap: Float
    let isCausal: Bool
    let leftWindow: Int?
    let rightWindow: Int?
    let stage: AttentionCall.ScoreStage

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...7, outputs: 1...4)
        queryHeads = try node.int("q_num_heads")
        keyHeads = try node.int("kv_num_heads")
        scale = try node.float("scale")
        softcap = try node.float("softcap", default: 0)
        isCausal = try node.flag("is_causal")
        leftWindow = try node.window("left_window_size")
        rightWindow = try node.window("right_window_size")
        let mode = try node.int("qk_matmul_output_mode", default: 0)
        guard let stage = Self.stage(mode) else {
            throw ONNXError("attr.value", "qk_matmul_output_mode is \(mode); 0 to 3 are expected.")
        }
        self.stage = stage
        node.ignore("softmax_precision")
    }

    private static func stage(_ mode: Int) -> AttentionCall.ScoreStage? {
        switch mode {
        case 0: .product
        case 1: .capped
        case 2: .biased
        case 3: .probabilities
        default: nil
        }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let query = try context.input(0, oneOf: .floats)
        for index in [1, 2, 4, 5] where context.hasInput(index) { try context.checkSameElementType(0, index) }
        let sizes = try StandardAttentionSizes(self, context)
        if let mask = context.optionalInput(3) {
            guard mask.elementType == .bool || mask.elementType == query.elementType else {
                throw ONNXError(
                    "op.type_mismatch", "The mask is \(mask); bool or \(query.elementType) is expected.")
            }
            _ = try sizes.maskStrides(mask.shape)
        }
        if let lengths = context.optionalInput(6) {
            guard lengths.elementType == .int64, lengths.shape.dimensions == [sizes.batches],
                !context.hasInput(4)
            else {
                throw ONNXError(
                    "op.shape",
                    "nonpad_kv_seqlen is \(lengths); int64[\(sizes.batches)] without a past is expected.")
            }
        }
        let type = query.elementType
        let plans = [
            OutputPlan(type, try Shape(sizes.outputDimensions)),
            OutputPlan(type, try Shape(sizes.keyDimensions)),
            OutputPlan(type, try Shape(sizes.valueDimensions)),
            OutputPlan(type, try Shape(sizes.scoreDimensions)),
        ]
        return Array(plans.prefix(context.outputCount))
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let sizes = try StandardAttentionSizes(self, context)
            let key = try present(context, sizes, input: 1, past: 4, output: 1, size: sizes.headSize)
            let value = try present(context, sizes, input: 2, past: 5, output: 2, size: sizes.valueSize)
            var mask = context.optionalInput(3)
            let query = try context.input(0)
            if let given = mask, given.elementType == .bool {
                mask = try TypedKernels.additiveMask(given, type: query.elementType)
            }
            var maskStrides = [0, 0, 0, 0]
            if let mask { maskStrides = try sizes.maskStrides(mask.shape) }
            let tensors = AttentionTensors(
                query: query, queryLayout: sizes.layout(sizes.heads, sizes.queries, sizes.headSize),
                key: key,
                keyLayout: HeadLayout(heads: sizes.keyHeads, rows: sizes.keys, size: sizes.headSize),
                value: value,
                valueLayout: HeadLayout(heads: sizes.keyHeads, rows: sizes.keys, size: sizes.valueSize),
                mask: mask, maskStrides: maskStrides,
                output: context.optionalOutput(0),
                outputLayout: sizes.layout(sizes.heads, sizes.queries, sizes.valueSize),
                scores: context.optionalOutput(3))
            let valid = try context.optionalInput(6)?.integers()
            let call = AttentionCall(
                batches: sizes.batches, heads: sizes.heads, keyHeads: sizes.keyHeads, queries: sizes.queries,
                keys: sizes.keys, headSize: sizes.headSize, valueSize: sizes.valueSize,
                scale: scale ?? 1 / Float(sizes.headSize).squareRoot(), softcap: softcap, isCausal: isCausal,
                leftWindow: leftWindow, rightWindow: rightWindow,
                offsets: valid?.map { $0.clamped(to: sizes.keys) - sizes.queries }
                    ?? [Int](repeating: sizes.past, count: sizes.batches),
                validKeys: valid?.map { $0.clamped(to: sizes.keys) }
                    ?? [Int](repeating: sizes.keys, count: sizes.batches),
                stage: stage)
            try TypedKernels.attention(call, tensors, workers: context.workers)
        }
    }

    /// The past and the new rows of all heads, one after the other: `[batch, heads, past + new, size]`.
    private func present(
        _ context: RunContext, _ sizes: StandardAttentionSizes, input: Int, past: Int, output: Int, size: Int
    ) throws(ONNXError) -> Tensor {
        let new = try context.input(input)
        let old = context.optionalInput(past)
        if old == nil, !sizes.isPacked, context.optionalOutput(output) == nil { return new }
        let shape = try Shape([sizes.batches, sizes.keyHeads, sizes.keys, size])
        let result = try context.output(output, orAllocating: new.elementType, shape)
        let layout = sizes.layout(sizes.keyHeads, sizes.keys - sizes.past, size)
        TypedKernels.appendRows(
            old, new, newLayout: layout, heads: sizes.keyHeads, pastRows: sizes.past, totalRows: sizes.keys,
            size: size, batches: sizes.batches, into: result)
        return result
    }
}

extension Int {
    /// The number limited to `0...limit`.
    fileprivate func clamped(to limit: Int) -> Int { Swift.min(Swift.max(self, 0), limit) }
}

extension OperatorNode {
    /// A window size: −1 or nothing for none.
    fileprivate func window(_ name: String) throws(ONNXError) -> Int? {
        let size = try int(name, default: -1)
        guard size >= -1 else { throw ONNXError("attr.value", "\(name) is \(size); −1 or more is expected.") }
        return size < 0 ? nil : size
    }
}
