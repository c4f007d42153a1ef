// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// The part of a conversation that the model reads: all of it, or what a policy leaves.
struct ContextWindow {
    /// The tokens of what is read.
    let prompt: [Int]
    /// Messages after the instructions that are left out.
    let droppedCount: Int

    /// - Parameters:
    ///   - droppedBefore: messages that an earlier turn left out; they stay out, so that the cache keeps its use.
    ///   - context: tokens that prompt and answer may have.
    ///   - render: the tokens of messages.
    init(
        _ messages: [ChatMessage], _ droppedBefore: Int, _ policy: ContextPolicy, context: Int,
        maximumTokens: Int?, render: ([ChatMessage]) throws(ONNXError) -> [Int]
    ) throws(ONNXError) {
        guard case .dropOldestTurns(let answerTokens) = policy else {
            prompt = try render(messages)
            droppedCount = 0
            return
        }
        let instructions = Array(messages.prefix { $0.role == .system })
        let rest = Array(messages[instructions.count...])
        let starts = rest.indices.filter { rest[$0].role == .user }
        var dropped = starts.contains(droppedBefore) ? droppedBefore : 0
        var prompt = try render(instructions + rest[dropped...])
        // An answer gets half of a small context at most.
        let answer = max(1, min(answerTokens, maximumTokens ?? .max, context / 2))
        if prompt.count > context - answer {
            // Some room more, so that not every turn drops one and reads the others again.
            let target = context - max(answer, context / 4)
            for start in starts where start > dropped && prompt.count > target {
                dropped = start
                prompt = try render(instructions + rest[start...])
            }
        }
        self.prompt = prompt
        droppedCount = dropped
    }
}
