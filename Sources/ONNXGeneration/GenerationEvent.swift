// SPDX-License-Identifier: Apache-2.0

/// Something that took time or changed what the model reads, told with the next ``GeneratedPiece``.
///
///     for try await piece in chat.streamResponse(to: "Hello") {
///         for event in piece.events {
///             switch event {
///             case .longContext(let count, let seconds): print("read \(count) tokens again in \(seconds) s")
///             case .droppedMessages(let count): print("forgot \(count) messages")
///             }
///         }
///     }
public enum GenerationEvent: Sendable, Hashable {
    /// The sequence grew beyond the context that the model's rotary tables were first made for, so that it takes the
    /// tables for long contexts; the tokens read before were read again, in `seconds`. See ``LongContextPolicy``.
    case longContext(recomputedTokenCount: Int, seconds: Double)

    /// The context was too small: the conversation's oldest messages, but for the instructions, were left out of the
    /// prompt. See ``ContextPolicy``.
    case droppedMessages(count: Int)
}
