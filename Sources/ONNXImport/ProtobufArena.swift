// SPDX-License-Identifier: Apache-2.0
import CONNXSchema

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The memory that protobuf-c unpacks a file into: it has an upper bound, and it is given back as a whole.
///
/// Past the budget protobuf-c gets no memory and gives up in order. Freeing message by message, which recurses, is
/// never needed.
package final class ProtobufArena {
    private static let chunkByteCount = 1 << 20

    /// Bytes that may still be asked of the system.
    private var left: Int
    private var chunks: [UnsafeMutableRawPointer] = []
    private var next: UnsafeMutableRawPointer?
    private var leftInChunk = 0
    private var failure: (after: Int, isLasting: Bool)?
    /// How often memory was asked for.
    package private(set) var requestCount = 0
    /// Whether memory was refused.
    package private(set) var isExhausted = false

    /// An arena of at most `byteCount` bytes.
    package init(byteCount: Int) { self.left = byteCount }

    /// An arena that refuses the request number `failingAt` (from 0), and with `isLasting` all after it.
    package init(byteCount: Int, failingAt: Int, isLasting: Bool) {
        self.left = byteCount
        self.failure = (failingAt, isLasting)
    }

    deinit { for chunk in chunks { free(chunk) } }

    /// Memory aligned to 16 bytes, or nil past the budget.
    package func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        let request = requestCount
        requestCount += 1
        if let failure, request == failure.after || (failure.isLasting && request > failure.after) {
            isExhausted = true
            return nil
        }
        guard byteCount >= 0, byteCount <= Int.max - 64 else { return refuse() }
        let size = max(16, (byteCount + 15) & ~15)
        if size > leftInChunk {
            // A big piece gets a chunk of its own, so that the open one is not wasted.
            let isBig = size > ProtobufArena.chunkByteCount / 4
            let wanted = isBig ? size : min(ProtobufArena.chunkByteCount, max(size, left & ~15))
            guard wanted <= left, let chunk = malloc(wanted) else { return refuse() }
            left -= wanted
            chunks.append(chunk)
            if isBig { return chunk }
            next = chunk
            leftInChunk = wanted
        }
        guard let piece = next else { return refuse() }
        next = piece.advanced(by: size)
        leftInChunk -= size
        return piece
    }

    private func refuse() -> UnsafeMutableRawPointer? {
        isExhausted = true
        return nil
    }

    /// Calls `body` with the allocator that protobuf-c takes.
    func withAllocator<Result>(_ body: (UnsafeMutablePointer<ProtobufCAllocator>) -> Result) -> Result {
        var allocator = ProtobufCAllocator(
            alloc: { context, size in
                guard let context else { return nil }
                return Unmanaged<ProtobufArena>.fromOpaque(context).takeUnretainedValue().allocate(
                    Int(clamping: size))
            },
            free: { _, _ in },
            allocator_data: Unmanaged.passUnretained(self).toOpaque())
        return withExtendedLifetime(self) { body(&allocator) }
    }
}
