// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import ONNXErrors
    import ONNXLM

    /// How tokens are chosen and when an answer ends.
    struct SamplingOptions: ParsableArguments {
        @Option(help: "New tokens at most.")
        var maxTokens: Int?

        @Option(help: "New tokens before which no end-of-sequence token may come.")
        var minTokens: Int?

        @Option(help: "Tokens at most, prompt included, where --max-tokens is not given.")
        var maxLength: Int?

        @Option(help: "Tokens, prompt included, before which no end-of-sequence token may come.")
        var minLength: Int?

        @Flag(help: "Take the likeliest token each time, whatever the model's configuration says.")
        var greedy = false

        @Option(help: "Randomness; 0 takes the likeliest token each time.")
        var temperature: Float?

        @Option(help: "Sample among this many likeliest tokens; 0 for all.")
        var topK: Int?

        @Option(help: "Sample among the likeliest tokens that together have this probability.")
        var topP: Float?

        @Option(help: "Sample among tokens at least this fraction as likely as the likeliest.")
        var minP: Float?

        @Option(help: "Sample among the tokens of most typical probability that have this together.")
        var typicalP: Float?

        @Option(help: "Above 1, makes tokens seen before less likely.")
        var repetitionPenalty: Float?

        @Option(help: "Taken from the logits of tokens that the answer has.")
        var presencePenalty: Float?

        @Option(help: "Taken from a token's logit for each time that the answer has it.")
        var frequencyPenalty: Float?

        @Option(help: "No row of this many tokens comes twice; 0 for no effect.")
        var noRepeatNgram: Int?

        @Option(
            name: .customLong("logit-bias"),
            help: "TOKEN=VALUE, added to the token's logit; -inf bans it; can be given several times.",
            transform: SamplingOptions.bias)
        var biases: [TokenBias] = []

        @Option(name: .customLong("ban"), help: "A word that may not come; can be given several times.")
        var bannedWords: [String] = []

        @Option(name: .customLong("num-beams"), help: "Beginnings that beam search follows; 1 for none.")
        var beams: Int?

        @Option(name: .customLong("num-beam-groups"), help: "Groups of beams that avoid each other's tokens.")
        var beamGroups: Int?

        @Option(help: "Taken from the score of a token that an earlier group of beams takes.")
        var diversityPenalty: Float?

        @Option(help: "Above 0, beams favour long answers; below 0, short ones.")
        var lengthPenalty: Float?

        @Flag(inversion: .prefixedNo, help: "End with as many complete answers as beams.")
        var earlyStopping: Bool?

        @Option(help: "Makes sampling repeatable.")
        var seed: UInt64?

        @Option(name: .customLong("stop"), help: "A text that ends the answer; can be given several times.")
        var stops: [String] = []

        @Flag(help: "Go on past end-of-sequence tokens.")
        var ignoreEos = false

        @Option(
            help:
                "Long rope models: switching (tables by length, as onnxruntime-genai), long or short throughout.",
            transform: NamedChoice.reader("--long-context"))
        var longContext = LongContextPolicy.switching

        @Option(
            help:
                "Guess tokens that stand in prompt or answer already and read several at once: automatic, always or never.",
            transform: NamedChoice.reader("--prompt-lookup"))
        var promptLookup = PromptLookup.automatic

        /// One `--logit-bias`.
        struct TokenBias: Sendable {
            let token: Int
            let value: Float
        }

        private static func bias(_ text: String) throws -> TokenBias {
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let token = Int(parts[0]), let value = Float(parts[1]) else {
                throw ValidationError(
                    "--logit-bias is \"\(text)\"; it has to be TOKEN=VALUE, such as 17=-2.5.")
            }
            return TokenBias(token: token, value: value)
        }

        var generationOptions: GenerationOptions {
            var options = GenerationOptions()
            options.samples = greedy ? false : nil
            options.maximumTokens = maxTokens
            options.minimumTokens = minTokens
            options.maximumLength = maxLength
            options.minimumLength = minLength
            options.temperature = temperature
            options.topK = topK
            options.topP = topP
            options.minP = minP
            options.typicalP = typicalP
            options.repetitionPenalty = repetitionPenalty
            options.presencePenalty = presencePenalty
            options.frequencyPenalty = frequencyPenalty
            options.noRepeatNgramSize = noRepeatNgram
            options.logitBias = Dictionary(biases.map { ($0.token, $0.value) }) { $1 }
            options.bannedWords = bannedWords
            options.beamCount = beams
            options.beamGroupCount = beamGroups
            options.diversityPenalty = diversityPenalty
            options.lengthPenalty = lengthPenalty
            options.stopsEarly = earlyStopping
            options.seed = seed
            options.stopStrings = stops
            options.ignoresEndOfSequence = ignoreEos
            options.longContext = longContext
            options.promptLookup = promptLookup
            return options
        }
    }
#endif
