// SPDX-License-Identifier: Apache-2.0

/// Why a generation ended.
///
///     let response = try await model.streamText(
///         "The sea is", options: GenerationOptions(sampling: .greedy, maximumTokens: 4)
///     ).collect()
///     switch response.summary.finishReason {
///     case .stop: print("the model was done")
///     case .length: print("there is more to say")
///     case .contextFull: print("the context is full")
///     case .cancelled: print("given up")
///     }
public enum FinishReason: String, Sendable, Hashable {
    /// The model gave an end-of-sequence token, or a stop string came.
    case stop
    /// The maximum of new tokens, or of tokens in all, was reached.
    case length
    /// The context holds no further token.
    case contextFull = "context_full"
    /// The caller gave up.
    case cancelled
}
