// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// What one generation goes by: the caller's options where they say something, else the model's configuration.
package struct SearchSettings: Sendable {
    package var samples: Bool
    package var temperature: Float
    package var topK: Int
    package var topP: Float
    package var minP: Float
    package var typicalP: Float
    package var repetitionPenalty: Float
    package var presencePenalty: Float
    package var frequencyPenalty: Float
    package var noRepeatNgramSize: Int
    package var minimumLength: Int
    package var minimumTokens: Int
    package var maximumTokens: Int?
    package var maximumLength: Int?
    package var logitBias: [Int: Float]
    package var bannedTokens: [[Int]]
    package var processors: [any LogitProcessor]
    package var sampler: (any TokenSampler)?
    package var seed: UInt64?
    package var beamCount: Int
    package var beamGroupCount: Int
    package var returnedCount: Int
    package var lengthPenalty: Float
    package var diversityPenalty: Float
    package var stopsEarly: Bool
    /// Tokens that may not come before the minimum.
    package var endOfSequence: Set<Int>

    /// Sampling values of the configuration count only where it says `do_sample`, as for onnxruntime-genai.
    package init(
        _ options: GenerationOptions, defaults: GenerationConfig.Search, endOfSequence: Set<Int> = []
    ) {
        let asks =
            options.temperature != nil || options.topP != nil || options.topK != nil || options.minP != nil
            || options.typicalP != nil
        samples = options.samples ?? (asks || defaults.doSample)
        let drawn = defaults.doSample ? defaults : GenerationConfig.Search()
        temperature = options.temperature ?? drawn.temperature
        topK = options.topK ?? drawn.topK
        topP = options.topP ?? drawn.topP
        minP = options.minP ?? drawn.minP
        typicalP = options.typicalP ?? drawn.typicalP
        repetitionPenalty = options.repetitionPenalty ?? defaults.repetitionPenalty
        presencePenalty = options.presencePenalty ?? 0
        frequencyPenalty = options.frequencyPenalty ?? 0
        noRepeatNgramSize = options.noRepeatNgramSize ?? defaults.noRepeatNgramSize
        minimumLength = options.minimumLength ?? defaults.minimumLength
        minimumTokens = options.minimumTokens ?? defaults.minimumTokens
        maximumTokens = options.maximumTokens ?? (options.maximumLength == nil ? defaults.maximumTokens : nil)
        maximumLength = options.maximumLength ?? defaults.maximumLength
        logitBias = options.logitBias
        bannedTokens = options.bannedTokens
        processors = options.processors
        sampler = options.sampler
        seed = options.seed ?? defaults.seed
        self.endOfSequence = endOfSequence
        beamCount = options.beamCount ?? defaults.beamCount
        beamGroupCount = options.beamGroupCount ?? defaults.beamGroupCount
        returnedCount = options.returnedCount ?? defaults.returnedCount
        lengthPenalty = options.lengthPenalty ?? defaults.lengthPenalty
        diversityPenalty = options.diversityPenalty ?? defaults.diversityPenalty
        stopsEarly = options.stopsEarly ?? defaults.stopsEarly
    }

    /// Checks what single ranges do not tell.
    ///
    /// - Throws: `options.conflict`, also for numbers of the model's configuration.
    func checkBeams() throws(ONNXError) {
        guard (1...64).contains(beamCount), beamGroupCount >= 1, beamCount % beamGroupCount == 0,
            (1...64).contains(returnedCount), beamCount == 1 || returnedCount <= beamCount
        else {
            throw ONNXError(
                "options.conflict",
                "\(beamCount) beams in \(beamGroupCount) groups, \(returnedCount) sequences returned: there can be up to 64 beams, the groups have to divide them, and no more sequences than beams come back."
            )
        }
    }

    /// Whether the likeliest token is taken without a draw.
    package var isGreedy: Bool { !samples || temperature == 0 || topK == 1 }
}
