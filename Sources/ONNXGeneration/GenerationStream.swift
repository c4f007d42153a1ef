// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import Synchronization

/// An answer as it is computed: an asynchronous sequence of pieces.
///
/// Ending the iteration early, or cancelling the task that iterates, stops the computation within one step.
///
///     var text = ""
///     for try await piece: GenerationStream.Element in model.streamText("The sea is") {
///         text += piece.text
///         if text.count > 20 { break }
///     }
///
/// The pieces hold what is new, not all that was said so far: a view that shows them appends.
public struct GenerationStream: AsyncSequence, Sendable {
    /// What the sequence is made of: parts of the answer.
    public typealias Element = GeneratedPiece

    private let stream: AsyncThrowingStream<GeneratedPiece, any Error>

    /// Starts `work` on a thread of its own.
    init(
        _ work:
            @escaping @Sendable (
                _ isCancelled: @escaping @Sendable () -> Bool, _ emit: (GeneratedPiece) -> Void
            ) throws(ONNXError) -> Void
    ) {
        stream = AsyncThrowingStream { continuation in
            let flag = CancellationFlag()
            continuation.onTermination = { reason in
                if case .cancelled = reason { flag.set() }
            }
            do throws(ONNXError) {
                try ComputeThread.start {
                    do throws(ONNXError) {
                        try work({ flag.isSet }, { continuation.yield($0) })
                        continuation.finish()
                    } catch {
                        continuation.finish(throwing: error)
                    }
                }
            } catch {
                continuation.finish(throwing: error)
            }
        }
    }

    /// Goes through the pieces once.
    ///
    ///     let options = GenerationOptions(sampling: .greedy, maximumTokens: 2)
    ///     var iterator: GenerationStream.AsyncIterator = model.streamText("The sea", options: options).makeAsyncIterator()
    ///     while let piece = try await iterator.next() { print(piece.tokens.count) }
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: AsyncThrowingStream<GeneratedPiece, any Error>.AsyncIterator

        /// The next piece, or nil after the last.
        ///
        /// - Throws: an ``ONNXError``, or `CancellationError` when the task was cancelled before the end.
        public mutating func next() async throws -> GeneratedPiece? {
            let piece = try await base.next()
            if piece == nil { try Task.checkCancellation() }
            return piece
        }
    }

    /// Begins to go through the pieces; once for each stream.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: stream.makeAsyncIterator()) }

    /// The whole answer, once it is there.
    ///
    ///     let options = GenerationOptions(sampling: .greedy, maximumTokens: 3)
    ///     let response = try await model.streamText("The sea is", options: options).collect()
    ///     print(response.tokens.count)  // 3
    ///
    /// - Throws: an ``ONNXError``, or `CancellationError`.
    public func collect() async throws -> Response {
        var text = ""
        var tokens: [Int] = []
        var probabilities: [TokenLogProbability] = []
        var events: [GenerationEvent] = []
        for try await piece in self {
            text += piece.text
            tokens += piece.tokens
            probabilities += piece.logProbabilities
            events += piece.events
            if let summary = piece.summary {
                return Response(
                    text: text, tokens: tokens, logProbabilities: probabilities, events: events,
                    summary: summary)
            }
        }
        throw ONNXError("internal.stream", "The answer ended without a summary.")
    }
}

/// A flag that one thread sets and another polls.
final class CancellationFlag: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .relaxed) }

    func set() { value.store(true, ordering: .relaxed) }
}
