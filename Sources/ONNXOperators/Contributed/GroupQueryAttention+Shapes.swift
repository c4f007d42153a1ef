// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

extension GroupQueryAttention {
    /// The lengths that the inputs of one call agree on.
    struct Geometry {
        let batch: Int
        /// New positions, padding included.
        let length: Int
        let headSize: Int
        let isPacked: Bool
        /// Rotated elements of a head; 0 without rotary embedding.
        let rotarySize: Int
        /// Rows of the cos and sin caches.
        let rotaryRows: Int
    }

    /// Checks types and shapes of all inputs but attention_bias, whose shape depends on a value.
    func geometry(_ context: InferenceContext) throws(ONNXError) -> Geometry {
        let query = try context.input(Input.query, oneOf: [.float32])
        guard query.shape.rank == 3 else {
            throw ONNXError("op.shape", "query is \(query); three dimensions are expected.")
        }
        let batch = query.shape[0]
        let length = query.shape[1]
        let isPacked = !context.hasInput(Input.key)
        let parts = isPacked ? heads + 2 * kvHeads : heads
        let headSize = query.shape[2] / parts
        guard batch > 0, length > 0, headSize > 0, query.shape[2] % parts == 0 else {
            throw ONNXError(
                "op.shape",
                "query is \(query); [batch, length, \(parts) * head size] with positive lengths is expected.")
        }
        if !isPacked {
            for index in [Input.key, Input.value] {
                try expect(context, index, [batch, length, kvHeads * headSize])
            }
        }
        if let past = context.optionalInput(Input.pastKey) {
            let width = cacheCode?.width(headSize: headSize) ?? headSize
            let expected = [batch, kvHeads, past.shape.rank == 4 ? past.shape[2] : -1, width]
            let type = cacheCode?.elementType ?? .float32
            try expect(context, Input.pastKey, expected, type)
            try expect(context, Input.pastValue, expected, type)
        } else if hasWindowedCache || context.hasInput(Input.queryLengths) {
            throw ONNXError(
                "input.missing", "sliding_window_cache and query_seqlens need past key and value.")
        }
        let lengths = try context.input(Input.lengths, oneOf: [.int32])
        guard lengths.shape.rank > 0, lengths.shape.elementCount == batch else {
            throw ONNXError(
                "op.shape", "seqlens_k is \(lengths); one element for each of \(batch) rows is expected.")
        }
        let total = try context.input(Input.totalLength, oneOf: [.int32])
        guard total.shape.elementCount == 1 else {
            throw ONNXError("op.shape", "total_sequence_length is \(total); one element is expected.")
        }
        if let positions = context.optionalInput(Input.positions) {
            guard positions.elementType == .int64, positions.shape.dimensions == [batch, length] else {
                throw ONNXError(
                    "op.shape", "position_ids is \(positions); int64[\(batch), \(length)] is expected.")
            }
        }
        if context.hasInput(Input.headSink) { try expect(context, Input.headSink, [heads]) }
        if context.hasInput(Input.queryNorm) {
            try expect(context, Input.queryNorm, [headSize])
            try expect(context, Input.keyNorm, [headSize])
        }
        if let queryLengths = context.optionalInput(Input.queryLengths) {
            guard queryLengths.elementType == .int32, queryLengths.shape.dimensions == [batch] else {
                throw ONNXError("op.shape", "query_seqlens is \(queryLengths); int32[\(batch)] is expected.")
            }
        }
        guard rotates else {
            return Geometry(
                batch: batch, length: length, headSize: headSize, isPacked: isPacked, rotarySize: 0,
                rotaryRows: 0)
        }
        let cos = try context.input(Input.cos, oneOf: [.float32])
        guard cos.shape.rank == 2, cos.shape[1] > 0, cos.shape[1] <= headSize / 2 else {
            throw ONNXError(
                "op.shape",
                "cos_cache is \(cos); [rows, width] with a width up to \(headSize / 2) is expected.")
        }
        try expect(context, Input.sin, cos.shape.dimensions)
        return Geometry(
            batch: batch, length: length, headSize: headSize, isPacked: isPacked,
            rotarySize: 2 * cos.shape[1], rotaryRows: cos.shape[0])
    }

    /// The value of total_sequence_length.
    static func totalLength(_ tensor: Tensor) throws(ONNXError) -> Int {
        guard tensor.elementType == .int32, tensor.shape.elementCount == 1, tensor.int32(at: 0) > 0 else {
            throw ONNXError("op.range", "total_sequence_length is not positive.")
        }
        return withExtendedLifetime(tensor) { tensor.int32(at: 0) }
    }

    func checkTotal(_ total: Int, _ geometry: Geometry) throws(ONNXError) {
        guard total >= geometry.length || hasWindowedCache else {
            throw ONNXError(
                "op.range",
                "total_sequence_length is \(total), fewer than the \(geometry.length) new positions.")
        }
    }

    func checkBias(_ bias: TensorType?, total: Int, _ geometry: Geometry) throws(ONNXError) {
        guard let bias else { return }
        guard bias.elementType == .float32, bias.shape.rank == 4,
            bias.shape[0] == 1 || bias.shape[0] == geometry.batch,
            bias.shape[1] == 1 || bias.shape[1] == heads,
            bias.shape[2] == geometry.length, bias.shape[3] == total
        else {
            throw ONNXError(
                "op.shape",
                """
                attention_bias is \(bias); [1 or \(geometry.batch), 1 or \(heads), \(geometry.length), \(total)] is \
                expected.
                """)
        }
    }

    private func expect(
        _ context: InferenceContext, _ index: Int, _ dimensions: [Int], _ elementType: ElementType = .float32
    ) throws(ONNXError) {
        let type = try context.input(index, oneOf: [elementType])
        guard type.shape.dimensions == dimensions else {
            throw ONNXError("op.shape", "Input \(index) is \(type); the shape \(dimensions) is expected.")
        }
    }
}
