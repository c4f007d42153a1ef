// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// Where a ``GroupQueryAttention`` keeps keys and values: in a session's cache, in the present outputs, or, where
/// neither is there, in scratch memory.
///
/// A windowed cache of capacity C and window W keeps the latest `residentRows` positions at its start; it drops
/// C − W + 1 of them at once when it is full. A call that would drop what it still reads works on a stage of its own.
struct GroupQueryAttentionMemory {
    /// The keys and values of one batch row; heads lie `headStride` elements apart.
    struct Place {
        let keys: UnsafeMutablePointer<Float>
        let values: UnsafeMutablePointer<Float>
        let headStride: Int
        let isStage: Bool
    }

    private struct Buffer {
        let keys: UnsafeMutablePointer<Float>
        let values: UnsafeMutablePointer<Float>
        /// Positions that each head has room for.
        let capacity: Int
    }

    /// Rows that the buffer of the past has room for.
    let pastCapacity: Int
    /// Rows that the buffer written to has room for.
    let capacity: Int
    let queryScratch: UnsafeMutablePointer<Float>?
    let keyScratch: UnsafeMutablePointer<Float>?

    private let kvHeads: Int
    private let headSize: Int
    private let window: Int?
    private let buffer: Buffer
    /// The past, where it is not in the buffer already.
    private let past: Buffer?
    private let stage: Buffer?

    init(
        _ operation: GroupQueryAttention, _ context: RunContext, batch: Int, length: Int, headSize: Int
    ) throws(ONNXError) {
        typealias Input = GroupQueryAttention.Input
        kvHeads = operation.kvHeads
        self.headSize = headSize
        window = operation.hasWindowedCache ? operation.window : nil
        var buffer: Buffer?
        var past: Buffer?
        if let keys = context.cache(Input.pastKey), let values = context.cache(Input.pastValue) {
            for cache in [keys, values] {
                guard cache.batch == batch, cache.heads == kvHeads, cache.headSize == headSize,
                    cache.capacity == keys.capacity
                else {
                    throw ONNXError(
                        "internal.cache",
                        """
                        The cache is made for \(cache.batch) rows of \(cache.heads) heads of \(cache.headSize), not \
                        \(batch) of \(operation.kvHeads) of \(headSize).
                        """)
                }
            }
            buffer = Buffer(keys: keys.baseAddress, values: values.baseAddress, capacity: keys.capacity)
            pastCapacity = keys.capacity
        } else {
            if let keys = context.optionalInput(Input.pastKey) {
                past = Buffer(
                    keys: keys.mutableFloats, values: try context.input(Input.pastValue).mutableFloats,
                    capacity: keys.shape[2])
            }
            pastCapacity = past?.capacity ?? 0
            if let keys = context.optionalOutput(1), let values = context.optionalOutput(2) {
                buffer = Buffer(
                    keys: keys.mutableFloats, values: values.mutableFloats, capacity: keys.shape[2])
            } else if context.optionalOutput(1) != nil || context.optionalOutput(2) != nil {
                throw ONNXError(
                    "op.output_unsupported", "Of present_key and present_value only one is asked for.")
            }
        }
        self.past = past
        capacity = buffer?.capacity ?? (window == nil ? pastCapacity + length : pastCapacity)

        let rowSize = kvHeads * headSize
        let hasNorm = context.hasInput(Input.queryNorm)
        let querySize = hasNorm || operation.rotates ? length * operation.heads * headSize : 0
        let keySize = hasNorm ? length * rowSize : 0
        let bufferSize = buffer == nil ? batch * rowSize * capacity : 0
        let stageRows = window == nil ? 0 : capacity + length
        let count = querySize + keySize + 2 * bufferSize + 2 * rowSize * stageRows
        var next = try context.scratch(byteCount: count * MemoryLayout<Float>.stride)
            .assumingMemoryBound(to: Float.self)
        func take(_ size: Int) -> UnsafeMutablePointer<Float> {
            defer { next += size }
            return next
        }
        let queries = take(querySize)
        let keys = take(keySize)
        queryScratch = querySize > 0 ? queries : nil
        keyScratch = keySize > 0 ? keys : nil
        self.buffer =
            buffer ?? Buffer(keys: take(bufferSize), values: take(bufferSize), capacity: capacity)
        stage =
            stageRows > 0
            ? Buffer(keys: take(rowSize * stageRows), values: take(rowSize * stageRows), capacity: stageRows)
            : nil
    }

    /// Rows of the cache that hold positions once `positions` have been seen.
    func residentRows(of positions: Int, window: Int?) -> Int {
        guard let window, positions > capacity, capacity >= window else { return positions }
        let dropped = capacity - window + 1
        return positions - dropped * ((positions - capacity + dropped - 1) / dropped)
    }

    /// Where a batch row's keys and values are written and read.
    func place(_ row: Int, _ span: GroupQueryAttentionCall.Span) -> Place {
        if let stage, span.resident + span.new > capacity {
            return Place(
                keys: stage.keys, values: stage.values, headStride: stage.capacity * headSize, isStage: true)
        }
        let offset = row * kvHeads * capacity * headSize
        return Place(
            keys: buffer.keys + offset, values: buffer.values + offset, headStride: capacity * headSize,
            isStage: false)
    }

    /// Brings the past to its place, where it is not there already; fills what stays unwritten of an output.
    func copyPast(_ row: Int, _ span: GroupQueryAttentionCall.Span, to place: Place) {
        let source = past ?? (place.isStage ? buffer : nil)
        for head in 0..<kvHeads {
            let target = head * place.headStride
            if let source, span.resident > 0 {
                let offset = (row * kvHeads + head) * source.capacity * headSize
                let count = span.resident * headSize
                (place.keys + target).update(from: source.keys + offset, count: count)
                (place.values + target).update(from: source.values + offset, count: count)
            }
            if !place.isStage, past != nil {
                clear(place, head, from: span.resident + span.written)
            }
        }
    }

    /// Brings the latest rows back from the stage.
    func finish(_ row: Int, _ span: GroupQueryAttentionCall.Span, _ place: Place) {
        guard place.isStage else { return }
        let kept = residentRows(of: span.total, window: window)
        let first = span.resident + span.new - kept
        for head in 0..<kvHeads {
            let source = head * place.headStride + first * headSize
            let target = (row * kvHeads + head) * capacity * headSize
            (buffer.keys + target).update(from: place.keys + source, count: kept * headSize)
            (buffer.values + target).update(from: place.values + source, count: kept * headSize)
            guard past != nil else { continue }
            let rest = (capacity - kept) * headSize
            (buffer.keys + (target + kept * headSize)).update(repeating: 0, count: rest)
            (buffer.values + (target + kept * headSize)).update(repeating: 0, count: rest)
        }
    }

    private func clear(_ place: Place, _ head: Int, from row: Int) {
        let offset = head * place.headStride + row * headSize
        let count = (capacity - row) * headSize
        (place.keys + offset).update(repeating: 0, count: count)
        (place.values + offset).update(repeating: 0, count: count)
    }
}
