// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

extension LanguageModel {
    /// Several continuations of a text, best first: those that ``GenerationOptions/beamCount`` beams found, or as many
    /// draws; ``GenerationOptions/returnedCount`` says how many.
    ///
    ///     var options = GenerationOptions()
    ///     options.beamCount = 4
    ///     options.returnedCount = 2
    ///     options.maximumTokens = 20
    ///     for sequence in try await model.generateSequences("The sea is", options: options) {
    ///         print(sequence.score ?? 0, sequence.text)
    ///     }
    ///
    /// Of several draws each has a seed of its own, the first the one that the options give.
    ///
    /// - Throws: `options.*`, `prompt.*`, `tokenizer.*`, and what generating throws; `CancellationError`.
    public func generateSequences(
        _ prompt: String, options: GenerationOptions = GenerationOptions()
    ) async throws -> [GeneratedSequence] {
        let tokens = try requireTokenizer().encode(prompt, addSpecialTokens: true, parseSpecial: false)
        return try await generateSequences(tokens, options: options)
    }

    /// Several continuations of a row of tokens; see ``generateSequences(_:options:)-(String,_)``.
    ///
    ///     var options = GenerationOptions(sampling: .random(top: 50, seed: 7), maximumTokens: 3)
    ///     options.returnedCount = 2
    ///     let draws = try await model.generateSequences([1, 20, 21], options: options)
    ///     print(draws.count, draws[0].score == nil)  // 2 true
    public func generateSequences(
        _ prompt: [Int], options: GenerationOptions = GenerationOptions()
    ) async throws -> [GeneratedSequence] {
        let flag = CancellationFlag()
        let sequences = try await withTaskCancellationHandler {
            try await ComputeThread.run { () throws(ONNXError) in
                try self.sequences(prompt, options) { flag.isSet }
            }
        } onCancel: {
            flag.set()
        }
        try Task.checkCancellation()
        return sequences
    }

    /// Computes on the current thread.
    ///
    /// - Parameter ends: end-of-sequence tokens in place of the model's.
    package func sequences(
        _ prompt: [Int], _ options: GenerationOptions, ends: [Int]? = nil,
        _ isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(ONNXError) -> [GeneratedSequence] {
        try checkVocabulary(prompt)
        var loop = try makeLoop(options, isCancelled, ends: ends)
        let settings = loop.settings
        let decoder = try makeDecoder()
        if settings.beamCount > 1 {
            let result = try loop.searchBeams(prompt, on: decoder) { () throws(ONNXError) in
                try self.makeDecoder()
            }
            return Array(result.sequences.prefix(settings.returnedCount))
        }
        guard settings.returnedCount == 1 || !settings.isGreedy || settings.sampler != nil else {
            throw ONNXError(
                "options.conflict",
                "\(settings.returnedCount) sequences are asked for, but without beams or sampling there is one."
            )
        }
        var seeds = SplitMix64(state: settings.seed ?? UInt64.random(in: .min ... .max))
        var sequences: [GeneratedSequence] = []
        for index in 0..<settings.returnedCount {
            if index > 0 { loop.settings.seed = seeds.next() }
            var text = ""
            var tokens: [Int] = []
            var entries: [TokenLogProbability] = []
            var reason = FinishReason.stop
            try loop.run(prompt, on: decoder) { piece in
                text += piece.text
                tokens += piece.tokens
                entries += piece.logProbabilities
                reason = piece.summary?.finishReason ?? reason
            }
            sequences.append(
                GeneratedSequence(
                    text: text, tokens: tokens, score: nil, logProbabilities: entries, finishReason: reason))
            if reason == .cancelled { break }
        }
        return sequences
    }
}
