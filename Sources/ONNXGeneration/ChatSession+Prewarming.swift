// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension ChatSession {
    /// Reads what the next prompt begins with, the instructions and the conversation so far, so that the next answer
    /// begins sooner.
    ///
    ///     let chat = ChatSession(model, instructions: "Be brief.")
    ///     try await chat.prewarm()
    ///     let answer = try await chat.respond(to: "Hi", options: GenerationOptions(maximumTokens: 2))
    ///     print(answer.summary.cachedTokenCount > 0)  // true
    ///
    /// It counts as answering: another call meanwhile fails with `chat.busy`. A prompt that begins otherwise than expected
    /// costs nothing but what was read in vain, and one that does not fit the context is left to the next answer to tell.
    ///
    /// - Parameter promptPrefix: what the next message begins with, as far as it is known.
    /// - Throws: an ``ONNXError`` as ``respond(to:options:)``, or `CancellationError`; what was read by then stays of use.
    public func prewarm(promptPrefix: String = "") async throws {
        let flag = CancellationFlag()
        try await withTaskCancellationHandler {
            do throws(ONNXError) {
                try await ComputeThread.run { () throws(ONNXError) in
                    try self.warm(promptPrefix) { flag.isSet }
                }
            } catch  where error.code == "run.cancelled" {
                throw CancellationError()
            }
        } onCancel: {
            flag.set()
        }
    }

    private func warm(
        _ promptPrefix: String, _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(ONNXError) {
        let messages = try edit(begins: true) { _ in }
        defer { state.withLock { $0.isBusy = false } }
        let dropped = state.withLock { $0.droppedCount }
        let decoder = try decoder()
        // What two messages share that go on differently is what any message has.
        let prompts = try ["a", "1"].map { (ending: String) throws(ONNXError) in
            try window(
                messages + [ChatMessage(.user, promptPrefix + ending)], dropped, options, decoder
            ).prompt
        }
        let common = zip(prompts[0], prompts[1]).prefix { $0 == $1 }.map(\.0)
        guard !common.isEmpty, common.count < model.contextLength, !decoder.tokens.starts(with: common)
        else { return }
        decoder.longContext = options.longContext
        let cached = decoder.keepCommonPrefix(with: common)
        _ = try decoder.append(Array(common[cached...]), isCancelled: isCancelled)
    }
}
