// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension LanguageModel {
    /// How likely the model holds a completion after a prompt, token by token.
    ///
    ///     let paris = try await model.score(prompt: "The capital of France is", completion: " Paris")
    ///     let rome = try await model.score(prompt: "The capital of France is", completion: " Rome")
    ///     print(paris.total > rome.total)
    ///
    /// Prompt and completion are made tokens one by one, so that the completion's first token does not join with the
    /// prompt's last; the prompt begins with the special tokens that the tokenizer adds.
    ///
    /// - Throws: `prompt.empty` when either has no tokens, `prompt.too_long` when they do not fit the context;
    ///   `tokenizer.*`; what the graph's operators find; `CancellationError`.
    public func score(prompt: String, completion: String) async throws -> TextScore {
        let tokenizer = try requireTokenizer()
        return try await score(
            prompt: tokenizer.encode(prompt, addSpecialTokens: true, parseSpecial: false),
            completion: tokenizer.encode(completion, addSpecialTokens: false, parseSpecial: false))
    }

    /// How likely the model holds tokens after others.
    ///
    ///     let score = try await model.score(prompt: [1, 20, 21], completion: [22, 23], alternatives: 1)
    ///     print(score.tokens.map { $0.token })  // [22, 23]
    ///     print(score.tokens[0].alternatives.count)  // 1
    ///
    /// - Parameter alternatives: how many of the likeliest tokens come with each.
    /// - Throws: as ``score(prompt:completion:)-(String,_)``.
    public func score(
        prompt: [Int], completion: [Int], alternatives: Int = 0
    ) async throws -> TextScore {
        try await onComputeThread { isCancelled throws(ONNXError) in
            try TextScorer(self, isCancelled).score(prompt, completion, alternatives: alternatives)
        }
    }

    /// The perplexity of a text: the exponential of the mean negative log-probability of its tokens.
    ///
    ///     let score = try await model.perplexity(of: "The capital of France is Paris.", window: 16, stride: 8)
    ///     print(score.perplexity > 1)  // true
    ///
    /// A text longer than `window` is read in windows that begin `stride` tokens after each other, each with an empty
    /// cache; of each window the tokens that no earlier one has counted are counted. A smaller stride gives each token
    /// more to go by, and costs more. The first token of the text has nothing before it and is not counted.
    ///
    /// - Parameters:
    ///   - window: tokens, at most the context; nil for the context.
    ///   - stride: from 1 to the window; nil for the window, so that windows do not overlap.
    /// - Throws: `prompt.empty` for less than two tokens; `options.range`; as
    ///   ``score(prompt:completion:)-(String,_)``.
    public func perplexity(
        of text: String, window: Int? = nil, stride: Int? = nil
    ) async throws -> TextScore {
        try await perplexity(
            of: requireTokenizer().encode(text, addSpecialTokens: true, parseSpecial: false), window: window,
            stride: stride)
    }

    /// The perplexity of a row of tokens; see ``perplexity(of:window:stride:)-(String,_,_)``.
    ///
    ///     let score = try await model.perplexity(of: [1, 20, 21, 22])
    ///     print(score.tokens.count)  // 3
    public func perplexity(
        of tokens: [Int], window: Int? = nil, stride: Int? = nil
    ) async throws -> TextScore {
        try await onComputeThread { isCancelled throws(ONNXError) in
            try TextScorer(self, isCancelled).perplexity(tokens, window: window, stride: stride)
        }
    }

    /// The last layer's states of a text's tokens, where the graph gives them (models built with
    /// `include_hidden_states`).
    ///
    ///     do {
    ///         let states = try await model.hiddenStates(of: "A sentence to compare with others.")
    ///         print(states[states.tokens.count - 1])
    ///     } catch let error as ONNXError where error.code == "llm.no_hidden_states" {
    ///         print("build the model again")  // build the model again
    ///     }
    ///
    /// - Throws: `llm.no_hidden_states` where it does not; `prompt.*`, `tokenizer.*`.
    public func hiddenStates(of text: String) async throws -> HiddenStates {
        try await hiddenStates(
            of: requireTokenizer().encode(text, addSpecialTokens: true, parseSpecial: false))
    }

    /// The last layer's states of a row of tokens.
    ///
    ///     let model = try await LanguageModel.load(from: "models/with-hidden-states")
    ///     let states = try await model.hiddenStates(of: [1, 5])
    ///     print(states.tokens.count)  // 2
    ///
    /// - Throws: as ``hiddenStates(of:)-(String)``.
    public func hiddenStates(of tokens: [Int]) async throws -> HiddenStates {
        try await onComputeThread { isCancelled throws(ONNXError) in
            try self.checkVocabulary(tokens)
            try TextScorer.checkLength(tokens.count, self)
            let states = try self.makeDecoder().appendGivingHiddenStates(tokens, isCancelled: isCancelled)
            return HiddenStates(
                tokens: tokens, size: states.shape[states.shape.rank - 1],
                values: try states.values(as: Float.self))
        }
    }

    private func onComputeThread<Value: Sendable>(
        _ body: @escaping @Sendable (_ isCancelled: @escaping @Sendable () -> Bool) throws(ONNXError) -> Value
    ) async throws -> Value {
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            do throws(ONNXError) {
                return try await ComputeThread.run { () throws(ONNXError) in try body { flag.isSet } }
            } catch  where error.code == "run.cancelled" {
                throw CancellationError()
            }
        } onCancel: {
            flag.set()
        }
    }
}
