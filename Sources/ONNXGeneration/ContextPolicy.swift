// SPDX-License-Identifier: Apache-2.0

/// What a ``ChatSession`` does with a conversation that no longer fits the model's context.
///
///     let endless = ChatSession(
///         model, instructions: "Be brief.", contextPolicy: .dropOldestTurns(answerTokens: 200))
///     let strict = ChatSession(model, contextPolicy: .stop)
///     print(endless.contextPolicy == strict.contextPolicy)  // false
public enum ContextPolicy: Sendable, Hashable {
    /// The call fails with `prompt.too_long`; the conversation stays as it was.
    case stop

    /// The oldest turns are left out of the prompt, the system messages at the beginning are kept, and a
    /// ``GenerationEvent/droppedMessages(count:)`` tells of it. ``ChatSession/messages`` keeps everything.
    ///
    /// Room for `answerTokens` new tokens is made, or for ``GenerationOptions/maximumTokens`` where that is less, up to
    /// half the context. When
    /// the last message alone does not fit, the call fails as with ``stop``.
    case dropOldestTurns(answerTokens: Int = 512)
}
