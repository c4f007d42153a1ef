// SPDX-License-Identifier: Apache-2.0

/// How tokens are chosen and when generation ends. What is nil comes from the model's `genai_config.json`, or, where a
/// folder has none, from its `generation_config.json`.
///
///     var options = GenerationOptions()
///     options.temperature = 0.7
///     options.maximumTokens = 200
///     options.stopStrings = ["\n\n"]
///     options.seed = 7
///     options.longContext = .switching
///     let session = ChatSession(model, options: options)
///     print(session.options.samples == nil)  // true
///
/// All of them are shown in <doc:Sampling>.
///
/// The controls act in this order, that of `transformers`: ``logitBias``, ``repetitionPenalty``, ``presencePenalty`` and
/// ``frequencyPenalty``, ``noRepeatNgramSize``, ``bannedWords`` and ``bannedTokens``, ``minimumLength`` and
/// ``minimumTokens``, ``processors``; then, when tokens are drawn, ``temperature``, ``topK``, ``topP``, ``minP``,
/// ``typicalP``, each on what the last has left.
public struct GenerationOptions: Sendable {
    /// Whether the next token is drawn or the likeliest is taken. Nil: drawn where ``temperature``, ``topK``, ``topP``,
    /// ``minP`` or ``typicalP`` is set here, otherwise as the model's configuration says.
    public var samples: Bool?

    /// Divides the logits before sampling; 0 means greedy.
    public var temperature: Float?

    /// Sample among this many most likely tokens; 0 for all.
    public var topK: Int?

    /// Sample among the fewest of the most likely tokens whose probabilities add up to this, in 0 ... 1; 0 leaves the
    /// likeliest.
    public var topP: Float?

    /// Sample among tokens that are at least this fraction as likely as the likeliest, in 0 ... 1; 0 for no effect.
    public var minP: Float?

    /// Sample among the tokens whose information content is nearest to the distribution's entropy, as many as have this
    /// probability together; in (0, 1], 1 for no effect. Source: Meister et al., "Locally typical sampling",
    /// <https://arxiv.org/abs/2202.00666>.
    public var typicalP: Float?

    /// Divides positive and multiplies negative logits of tokens seen so far, in prompt or answer; 1 for no effect.
    /// Source: Keskar et al., CTRL, <https://arxiv.org/abs/1909.05858>.
    public var repetitionPenalty: Float?

    /// Taken from the logit of each token that the answer has already; negative values encourage.
    public var presencePenalty: Float?

    /// Taken from a token's logit for each time that the answer has it already; negative values encourage.
    public var frequencyPenalty: Float?

    /// No row of this many tokens may come twice, prompt included; 0 for no effect.
    public var noRepeatNgramSize: Int?

    /// Added to the logits of single tokens; negative infinity bans one.
    public var logitBias: [Int: Float] = [:]

    /// Texts that may not come: the rows of tokens that stand for them, alone and after a space. Other rows of tokens
    /// that spell the same letters are not found; a stop string finds these.
    public var bannedWords: [String] = []

    /// Rows of tokens that may not come: the last token of each is ruled out wherever the others stand before it.
    public var bannedTokens: [[Int]] = []

    /// Processors of the caller's own, run after those above; see ``LogitProcessor``.
    public var processors: [any LogitProcessor] = []

    /// Chooses the tokens in place of temperature, top-k, top-p, min-p and typical-p; see ``TokenSampler``.
    public var sampler: (any TokenSampler)?

    /// Makes sampling repeatable; nil for another answer each time.
    public var seed: UInt64?

    /// New tokens at most; nil for as many as ``maximumLength`` allows.
    public var maximumTokens: Int?

    /// Tokens at most, prompt included, where ``maximumTokens`` is nil; nil for what the model's configuration says, and
    /// never more than its context holds.
    public var maximumLength: Int?

    /// New tokens before which no end-of-sequence token may come.
    public var minimumTokens: Int?

    /// Tokens, prompt included, before which no end-of-sequence token may come.
    public var minimumLength: Int?

    /// Texts that end the answer; they and what follows are left out of it.
    public var stopStrings: [String] = []

    /// Takes special tokens that are spelled in messages for the tokens themselves, as other engines do. Otherwise
    /// messages, tools and their results are text, whatever they spell. Only for chats whose every word is trusted.
    public var trustsMessages = false

    /// Goes on past end-of-sequence tokens.
    public var ignoresEndOfSequence = false

    /// Beginnings that beam search follows side by side; 1 for none. Beams take the likeliest tokens and exclude
    /// sampling; a stream then gives the best answer in one piece.
    public var beamCount: Int?

    /// Groups of beams that are kept from each other's tokens; divides ``beamCount``.
    public var beamGroupCount: Int?

    /// Taken from the score of a token for each beam of an earlier group that takes it at the same place.
    public var diversityPenalty: Float?

    /// The power of the length (prompt included) by which a beam's sum of log-probabilities is divided; above 0 favours
    /// long sequences, below 0 short ones.
    public var lengthPenalty: Float?

    /// Whether beam search ends with as many complete sequences as beams, even if a beam could still become better.
    public var stopsEarly: Bool?

    /// Sequences that ``LanguageModel/generateSequences(_:options:)-(String,_)`` gives: of the beams, or so many draws.
    public var returnedCount: Int?

    /// Which rotary tables a model with two sets uses.
    public var longContext = LongContextPolicy.switching

    /// Whether several tokens are guessed from what prompt and answer have already and read at once.
    public var promptLookup = PromptLookup.automatic

    /// What runs of 1, 4, 8 and 16 tokens take beside those of one, instead of what they turn out to take: for tests, in
    /// which nothing may depend on time.
    package var runCosts: [Double]?

    /// When set, each token comes with its log-probability and this many of the likeliest alternatives; see
    /// ``TokenLogProbability``.
    public var logProbabilities: Int?

    /// Everything as the model's configuration says.
    public init() {}

    /// The most used options in one call.
    ///
    ///     let options = GenerationOptions(sampling: .random(top: 40, seed: 7), temperature: 0.8, maximumTokens: 200)
    ///     let warm = GenerationOptions(temperature: 0.8)
    ///     print(options.topK ?? 0, warm.temperature ?? 0)  // 40 0.8
    ///
    /// - Parameter sampling: nil for the way that the model's configuration names.
    public init(sampling: SamplingMode? = nil, temperature: Float? = nil, maximumTokens: Int? = nil) {
        samples = sampling?.samples
        topK = sampling?.topK
        topP = sampling?.topP
        seed = sampling?.seed
        self.temperature = temperature
        self.maximumTokens = maximumTokens
    }
}
