// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// How many new tokens may follow a prompt, and what it means to have had them.
struct TokenLimit {
    let count: Int
    let reason: FinishReason

    /// Tokens that prompt and answer may have together.
    static func length(_ settings: SearchSettings, contextLength: Int) -> Int {
        guard settings.maximumTokens == nil, let length = settings.maximumLength else { return contextLength }
        return min(length, contextLength)
    }

    /// - Throws: `prompt.empty`; `prompt.too_long` for a prompt that fills the context, or the maximum length.
    init(_ promptCount: Int, _ settings: SearchSettings, contextLength: Int) throws(ONNXError) {
        guard promptCount > 0 else { throw ONNXError("prompt.empty", "The prompt has no tokens.") }
        guard promptCount < contextLength else {
            throw ONNXError(
                "prompt.too_long",
                "The prompt has \(promptCount) tokens; the context holds \(contextLength), the answer included. Shorten the prompt."
            )
        }
        let room = contextLength - promptCount
        var wanted = settings.maximumTokens
        if wanted == nil, let length = settings.maximumLength, length < contextLength {
            guard promptCount < length else {
                throw ONNXError(
                    "prompt.too_long",
                    "The prompt has \(promptCount) tokens; the maximum length (max_length) is \(length), the answer included. Shorten the prompt, or give a maximum of new tokens."
                )
            }
            wanted = length - promptCount
        }
        count = min(wanted ?? .max, room)
        reason = (wanted ?? .max) <= room ? .length : .contextFull
    }
}
