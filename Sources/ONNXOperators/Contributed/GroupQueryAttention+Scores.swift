// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors
import ONNXTypedKernels

extension GroupQueryAttentionCall {
    /// Which of the inputs.
    enum Part { case query, key, value }

    /// Copies the rows of one input, normed and turned by their positions unless they are values, to
    /// `[batch, length, heads × size]`.
    func turn(_ row: Int, _ span: Span, _ part: Part, into target: Tensor) throws(ONNXError) {
        let heads = part == .query ? operation.heads : operation.kvHeads
        let source = part == .query ? query : part == .key ? key : value
        let stride = part == .query ? queryStride : keyStride
        let width = heads * headSize
        let rows = rotatedRows(span)
        let first = target.mutableFloats + row * length * width
        let inside = Strides(position: width, head: headSize)
        let none = UnsafeBufferPointer<Float>(start: nil, count: 0)
        let copy = ONNXKernels.RotaryEmbedding(
            heads: heads, headSize: headSize, rotarySize: 0, isInterleaved: false, cos: none, sin: none)
        try copy.apply(
            source + row * length * stride, strides: Strides(position: stride, head: headSize), into: first,
            strides: inside, count: rows, positionIDs: { $0 }, workers: context.workers)
        if part == .value { return }
        if let weight = context.optionalInput(part == .query ? Input.queryNorm : Input.keyNorm) {
            let arguments = NormArguments(
                x: first, scale: weight.floats, y: first, rows: rows * heads, width: headSize,
                epsilon: part == .query ? operation.queryNormEpsilon : operation.keyNormEpsilon)
            RowKernels.rmsNorm(arguments, workers: context.workers)
            withExtendedLifetime(weight) {}
        }
        guard var rotary = try preparation(row, span, nil, 0).rotary else { return }
        rotary.heads = heads
        try rotary.apply(
            first, strides: inside, into: first, strides: inside, count: rows,
            positionIDs: { position(row, span, $0) }, workers: context.workers)
    }

    /// Writes a batch row's part of output_qk, where it is asked for: `[heads, length, total]`.
    func writeScores(
        _ row: Int, _ span: Span, _ caches: GroupQueryAttentionMemory.Caches
    ) throws(ONNXError) {
        guard let stage = operation.shownScores, let output = context.optionalOutput(3) else { return }
        let (heads, rows) = (operation.heads, rotatedRows(span))
        let queries = try Tensor(allocating: .float32, Shape([batch, length, heads * headSize]))
        try turn(row, span, .query, into: queries)
        var scores = AttentionScores(
            headSize: headSize, queries: rows, keys: span.total, past: span.past,
            scale: operation.scale ?? 1 / Float(headSize).squareRoot(), isCausal: operation.isCausal)
        scores.softcap = operation.softcap
        scores.window = operation.window
        let bias = bias(row, span)
        let sinks = context.optionalInput(Input.headSink)
        let keys = caches.keys.base.assumingMemoryBound(to: Float.self)
        for head in 0..<heads {
            let plane = output.mutableFloats + (row * heads + head) * length * total
            plane.update(repeating: 0, count: length * total)
            let keyHead = head / (heads / operation.kvHeads)
            try scores.write(
                query: .init(
                    queries.floats + row * length * heads * headSize + head * headSize,
                    stride: heads * headSize),
                keys: .init(keys + keyHead * caches.keys.headStride, stride: caches.keys.rowStride),
                bias: bias.map { .init($0.base + head * $0.headStride, stride: $0.positionStride) },
                into: plane, rowStride: total, workers: context.workers)
            switch stage {
            case .biased: scores.hide(0, in: plane, rowStride: total)
            case .weights:
                let sink = sinks.map { $0.floats[head] } ?? (operation.smoothSoftmax ? 0 : nil)
                scores.normalize(plane, rowStride: total, sink: sink)
            }
        }
        withExtendedLifetime((queries, output, sinks)) {}
    }
}
