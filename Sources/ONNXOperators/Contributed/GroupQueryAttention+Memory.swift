// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// Where a ``GroupQueryAttention`` keeps keys and values: in a session's cache, in the present outputs, or, where
/// neither is there, in scratch memory.
///
/// A windowed cache in tensors, of capacity C and window W keeps the latest `residentRows` positions at its start; it drops
/// C − W + 1 of them at once when it is full. A call that would drop what it still reads works on a stage of its own.
struct GroupQueryAttentionMemory {
    /// The keys and values of one batch row in tensors or scratch; heads lie `headStride` elements apart.
    struct Place {
        let keys: UnsafeMutablePointer<Float>
        let values: UnsafeMutablePointer<Float>
        let headStride: Int
        let isStage: Bool
    }

    /// Keys and values as attention takes them.
    struct Caches {
        let keys: Attention.Cache
        let values: Attention.Cache
        let type: Attention.CacheType
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
    /// Whether the cache keeps the latest positions alone, at its start.
    var keepsWindow: Bool { window != nil }

    private let kvHeads: Int
    private let headSize: Int
    private let window: Int?
    private let session: (keys: KVCache, values: KVCache)?
    private let buffer: Buffer?
    /// The past, where it is not in the buffer already.
    private let past: Buffer?
    private let stage: Buffer?

    init(
        _ operation: GroupQueryAttention, _ context: RunContext, batch: Int, length: Int, headSize: Int
    ) throws(ONNXError) {
        typealias Input = GroupQueryAttention.Input
        kvHeads = operation.kvHeads
        self.headSize = headSize
        if let keys = context.cache(Input.pastKey), let values = context.cache(Input.pastValue) {
            try Self.check(keys, values, batch: batch, heads: kvHeads, headSize: headSize)
            session = (keys, values)
            window = nil
            buffer = nil
            past = nil
            stage = nil
            capacity = keys.firstPosition + keys.capacity
            pastCapacity = capacity
            return
        }
        session = nil
        window = operation.hasWindowedCache ? operation.window : nil
        var buffer: Buffer?
        var past: Buffer?
        if let keys = context.optionalInput(Input.pastKey) {
            past = Buffer(
                keys: keys.mutableFloats, values: try context.input(Input.pastValue).mutableFloats,
                capacity: keys.shape[2])
        }
        pastCapacity = past?.capacity ?? 0
        if let keys = context.optionalOutput(1), let values = context.optionalOutput(2) {
            buffer = Buffer(keys: keys.mutableFloats, values: values.mutableFloats, capacity: keys.shape[2])
        } else if context.optionalOutput(1) != nil || context.optionalOutput(2) != nil {
            throw ONNXError(
                "op.output_unsupported", "Of present_key and present_value only one is asked for.")
        }
        self.past = past
        capacity = buffer?.capacity ?? (window == nil ? pastCapacity + length : pastCapacity)

        let rowSize = kvHeads * headSize
        let bufferSize = buffer == nil ? batch * rowSize * capacity : 0
        let stageRows = window == nil ? 0 : capacity + length
        let count = 2 * bufferSize + 2 * rowSize * stageRows
        var next = try context.scratch(byteCount: count * MemoryLayout<Float>.stride)
            .assumingMemoryBound(to: Float.self)
        func take(_ size: Int) -> UnsafeMutablePointer<Float> {
            defer { next += size }
            return next
        }
        self.buffer =
            buffer ?? Buffer(keys: take(bufferSize), values: take(bufferSize), capacity: capacity)
        stage =
            stageRows > 0
            ? Buffer(keys: take(rowSize * stageRows), values: take(rowSize * stageRows), capacity: stageRows)
            : nil
    }

    private static func check(
        _ keys: KVCache, _ values: KVCache, batch: Int, heads: Int, headSize: Int
    ) throws(ONNXError) {
        for cache in [keys, values] {
            guard cache.batch == batch, cache.heads == heads, cache.headSize == headSize,
                cache.capacity == keys.capacity, cache.type == keys.type,
                cache.firstPosition == keys.firstPosition
            else {
                throw ONNXError(
                    "internal.cache",
                    """
                    The cache is made for \(cache.batch) rows of \(cache.heads) heads of \(cache.headSize), \
                    \(cache.type), not \(batch) of \(heads) of \(headSize), \(keys.type); or their room differs.
                    """)
            }
        }
    }

    /// Rows of the cache that hold positions once `positions` have been seen.
    func residentRows(of positions: Int, window: Int?) -> Int {
        guard let window, positions > capacity, capacity >= window else { return positions }
        let dropped = capacity - window + 1
        return positions - dropped * ((positions - capacity + dropped - 1) / dropped)
    }

    /// Where a batch row's keys and values lie; brings past tensors to their place first.
    func caches(_ row: Int, _ span: GroupQueryAttentionCall.Span) throws(ONNXError) -> Caches {
        if let session {
            guard session.keys.serves(queryAt: span.past) else {
                throw ONNXError(
                    "internal.cache", "Position \(span.past) needs keys that the cache has dropped.")
            }
            return Caches(
                keys: Self.cache(session.keys, row), values: Self.cache(session.values, row),
                type: Self.type(session.keys.type))
        }
        guard let place = place(row, span) else {
            throw ONNXError("internal.cache", "There is no memory for keys and values.")
        }
        copyPast(row, span, to: place)
        return Caches(
            keys: .init(base: place.keys, headStride: place.headStride, rowStride: headSize),
            values: .init(base: place.values, headStride: place.headStride, rowStride: headSize),
            type: .float32)
    }

    private static func cache(_ cache: KVCache, _ row: Int) -> Attention.Cache {
        let firstHead = row * cache.heads
        let offset = firstHead * cache.headStride * cache.type.elementByteCount
        var result = Attention.Cache(
            base: cache.baseAddress + offset, headStride: cache.headStride, rowStride: cache.headSize)
        result.isPanelled = cache.format.layout == .panels
        result.firstPosition = cache.firstPosition
        result.scales = cache.scales.map { $0 + firstHead * cache.capacity }
        result.scaleStride = cache.capacity
        return result
    }

    private static func type(_ type: CacheType) -> Attention.CacheType {
        switch type {
        case .float32: .float32
        case .float16: .float16
        case .int8: .int8
        case .int16: .int16
        case .bfloat16: .bfloat16
        }
    }

    private func place(_ row: Int, _ span: GroupQueryAttentionCall.Span) -> Place? {
        if let stage, span.resident + span.new > capacity {
            return Place(
                keys: stage.keys, values: stage.values, headStride: stage.capacity * headSize, isStage: true)
        }
        guard let buffer else { return nil }
        let offset = row * kvHeads * capacity * headSize
        return Place(
            keys: buffer.keys + offset, values: buffer.values + offset, headStride: capacity * headSize,
            isStage: false)
    }

    /// Brings the past to its place, where it is not there already; fills what stays unwritten of an output.
    private func copyPast(_ row: Int, _ span: GroupQueryAttentionCall.Span, to place: Place) {
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
    func finish(_ row: Int, _ span: GroupQueryAttentionCall.Span) {
        guard let buffer, let place = place(row, span), place.isStage else { return }
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
