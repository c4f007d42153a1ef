// SPDX-License-Identifier: Apache-2.0

/// Why a generation ended.
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
