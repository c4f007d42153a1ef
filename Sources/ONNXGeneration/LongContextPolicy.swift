// SPDX-License-Identifier: Apache-2.0

/// Which rotary tables a model with two sets uses (long rope: Phi-3 to Phi-4-mini); others do not care.
///
/// Keys that were rotated with one set are wrong for the other.
///
///     var options = GenerationOptions()
///     options.longContext = .alwaysLong
///     let session = ChatSession(model, options: options)
///     print(session.options.longContext == .switching, session.options.longContext == .alwaysShort)  // false false
public enum LongContextPolicy: String, Sendable, Hashable, CaseIterable {
    /// The short tables up to the original context (4,096 tokens for Phi-4-mini), the long ones beyond; on the way
    /// across, all tokens are read again, which a ``GenerationEvent/longContext(recomputedTokenCount:seconds:)`` tells.
    /// This is what onnxruntime-genai does.
    case switching

    /// The long tables from the first token on: no pause in a long conversation, other answers in a short one.
    case alwaysLong = "long"

    /// The short tables throughout; they end with the original context, which is then the model's context.
    case alwaysShort = "short"
}
