// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

extension GroupQueryAttention {
    /// The form of a quantised cache.
    struct CacheCode: Sendable {
        let bits: Int
        let keysByChannel: Bool
        let valuesByChannel: Bool

        /// The type of the caches' elements.
        var elementType: ElementType { bits == 8 ? .int8 : .uint8 }

        /// Elements of the caches' type for a head.
        func width(headSize: Int) -> Int { bits == 8 ? headSize : headSize / 2 }

        /// Nil when keys and values are as they are.
        ///
        /// - Throws: `attr.unsupported`, `input.missing`.
        static func read(_ node: OperatorNode) throws(ONNXError) -> CacheCode? {
            let kinds = [
                try node.string("k_quant_type", default: "NONE"),
                try node.string("v_quant_type", default: "NONE"),
            ]
            let bits = try node.int("kv_cache_bit_width", default: 8)
            let scales = [Input.keyScale, Input.valueScale].map(node.hasInput)
            if kinds == ["NONE", "NONE"] {
                guard scales == [false, false] else {
                    throw ONNXError(
                        "op.input_unsupported", "k_scale and v_scale belong to a quantised cache.")
                }
                return nil
            }
            guard kinds.allSatisfy({ $0 == "PER_TENSOR" || $0 == "PER_CHANNEL" }), bits == 8 || bits == 4
            else {
                throw ONNXError(
                    "attr.unsupported",
                    """
                    k_quant_type and v_quant_type are \(kinds), kv_cache_bit_width is \(bits); both PER_TENSOR or \
                    PER_CHANNEL, and 8 or 4 bits, are supported.
                    """)
            }
            guard scales == [true, true] else {
                throw ONNXError("input.missing", "A quantised cache needs k_scale and v_scale.")
            }
            return CacheCode(
                bits: bits, keysByChannel: kinds[0] == "PER_CHANNEL",
                valuesByChannel: kinds[1] == "PER_CHANNEL")
        }
    }

    /// Checks the scales of a quantised cache.
    func checkScales(_ context: InferenceContext, _ code: CacheCode, headSize: Int) throws(ONNXError) {
        guard code.bits == 8 || headSize % 2 == 0 else {
            throw ONNXError("op.shape", "Heads of \(headSize) do not fill bytes of two 4-bit elements.")
        }
        for (index, byChannel) in [
            (Input.keyScale, code.keysByChannel), (Input.valueScale, code.valuesByChannel),
        ] {
            let scale = try context.input(index, oneOf: [.float32])
            let fits =
                byChannel
                ? scale.shape.elementCount == kvHeads * headSize && scale.shape.dimensions.last == headSize
                : scale.shape.elementCount == 1
            guard fits else {
                throw ONNXError(
                    "op.shape",
                    "Input \(index) is \(scale); one element, or [1, \(kvHeads), 1, \(headSize)] by channel, is expected."
                )
            }
        }
    }

    /// Computes with a quantised cache: new keys and values are what quantisation makes of them, for this call too.
    func run(_ context: RunContext, _ code: CacheCode) throws(ONNXError) {
        let call = try GroupQueryAttentionCall(self, context)
        let headSize = call.headSize
        let form = CacheQuantization(bits: code.bits, heads: kvHeads, headSize: headSize)
        let scales = (keys: try context.input(Input.keyScale), values: try context.input(Input.valueScale))
        let rows = try call.rotated()
        form.round(rows.keys, scales: scales.keys)
        form.round(rows.values, scales: scales.values)

        var inputs = (0..<context.inputCount).map { context.optionalInput($0) }
        inputs.replaceSubrange(0...2, with: [rows.queries, rows.keys, rows.values])
        for (index, scale) in [(Input.pastKey, scales.keys), (Input.pastValue, scales.values)] {
            guard let past = inputs[index] else { continue }
            let wide = try Tensor(
                allocating: .float32, Shape([call.batch, kvHeads, past.shape[2], headSize]))
            form.dequantize(past, scales: scale, into: wide)
            inputs[index] = wide
        }
        let done = [
            Input.cos, Input.sin, Input.positions, Input.keyScale, Input.valueScale, Input.queryNorm,
            Input.keyNorm,
        ]
        for index in done
        where index < inputs.count { inputs[index] = nil }
        var outputs: [Tensor?] = [try context.output(0)]
        for index in 1..<max(1, context.outputCount) {
            guard index < 3, let present = context.optionalOutput(index) else {
                outputs.append(context.optionalOutput(index))
                continue
            }
            outputs.append(
                try Tensor(
                    allocating: .float32, Shape([call.batch, kvHeads, present.shape[2], headSize])))
        }
        var plain = self
        plain.rotates = false
        plain.cacheCode = nil
        try plain.run(context.derived(inputs: inputs, outputs: outputs))
        for (index, scale) in [(1, scales.keys), (2, scales.values)] where index < outputs.count {
            if let wide = outputs[index], let present = context.optionalOutput(index) {
                form.quantize(wide, scales: scale, into: present)
            }
        }
    }
}

extension GroupQueryAttentionCall {
    /// New queries, keys and values of all rows, `[batch, length, heads × size]`, normed and turned by their positions.
    func rotated() throws(ONNXError) -> (queries: Tensor, keys: Tensor, values: Tensor) {
        func zeros(_ heads: Int) throws(ONNXError) -> Tensor {
            let tensor = try Tensor(allocating: .float32, Shape([batch, length, heads * headSize]))
            tensor.mutableFloats.update(repeating: 0, count: tensor.shape.elementCount)
            return tensor
        }
        let queries = try zeros(operation.heads)
        let keys = try zeros(operation.kvHeads)
        let values = try zeros(operation.kvHeads)
        for row in 0..<batch {
            let span = try span(row)
            try turn(row, span, .query, into: queries)
            try turn(row, span, .key, into: keys)
            try turn(row, span, .value, into: values)
        }
        return (queries, keys, values)
    }
}
