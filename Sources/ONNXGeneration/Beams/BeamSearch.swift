// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// Follows the likeliest beginnings of an answer side by side and gives the likeliest answers.
///
/// One group of beams does what onnxruntime-genai does. Several groups take turns at each position, and each is kept
/// from the tokens that the groups before it have taken there; source: Vijayakumar et al., "Diverse beam search",
/// <https://arxiv.org/abs/1610.02424>. Each beam has a decoder of its own; when a beam splits, the cache is copied from
/// where the two differ.
struct BeamSearch {
    private struct Beam {
        var tokens: [Int]
        var sum: Float
        var decoder: Int
        var controls: LogitControls
        var entries: [TokenLogProbability] = []
    }

    private struct Group {
        var beams: [Beam]
        var hypotheses: BeamHypotheses
        var isDone = false
    }

    /// A beam's continuation by a token.
    private struct Candidate {
        let beam: Int
        let token: Int
        let sum: Float
    }

    let settings: SearchSettings
    /// The tokens that end a sequence; none when they are ignored.
    let endOfSequence: Set<Int>
    /// Alternatives that each token's log-probability comes with; nil without log-probabilities.
    let alternatives: Int?
    let isCancelled: @Sendable () -> Bool

    private var decoders: [DecoderSession] = []
    private var groups: [Group] = []
    private var promptCount = 0

    init(
        _ settings: SearchSettings, endOfSequence: Set<Int>, alternatives: Int?,
        isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.settings = settings
        self.endOfSequence = endOfSequence
        self.alternatives = alternatives
        self.isCancelled = isCancelled
    }

    /// Searches, and gives as many sequences as there are beams, best first; the prompt is part of their tokens.
    ///
    /// - Parameters:
    ///   - decoder: has the beginning of the prompt, and is used for one of the beams.
    ///   - limit: new tokens at most.
    ///   - promptRead: called once the prompt has been read.
    /// - Throws: what the decoder throws; `run.cancelled`; `generation.not_finite`, `generation.no_token`.
    mutating func run(
        _ prompt: [Int], on decoder: DecoderSession, limit: Int,
        makeDecoder: () throws(ONNXError) -> DecoderSession, promptRead: () -> Void
    ) throws(ONNXError) -> [BeamHypothesis] {
        promptCount = prompt.count
        let pending = Array(prompt[decoder.tokens.count...])
        let first = try decoder.append(pending, isCancelled: isCancelled).values(as: Float.self)
        promptRead()
        decoders = [decoder]
        while decoders.count < settings.beamCount { decoders.append(try makeDecoder()) }
        let size = settings.beamCount / settings.beamGroupCount
        let controls = LogitControls(settings)
        groups = (0..<settings.beamGroupCount).map { _ in
            // The beams of a group begin alike: all but the first have to wait.
            let beams = (0..<size).map {
                Beam(tokens: prompt, sum: $0 == 0 ? 0 : -1e9, decoder: 0, controls: controls)
            }
            return Group(
                beams: beams,
                hypotheses: BeamHypotheses(capacity: size, lengthPenalty: settings.lengthPenalty))
        }
        var logits = groups.map { $0.beams.map { _ in first } }
        for step in 1...limit {
            try choose(logits)
            if step == limit || groups.allSatisfy(\.isDone) { break }
            try spreadDecoders()
            for (index, group) in groups.enumerated() where !group.isDone {
                for (place, beam) in group.beams.enumerated() {
                    guard let token = beam.tokens.last else { continue }
                    logits[index][place] = try decoders[beam.decoder].append(
                        [token], isCancelled: isCancelled
                    ).values(as: Float.self)
                }
            }
        }
        return results()
    }

    /// The best of all groups; beams of groups that are not done count as they stand.
    private mutating func results() -> [BeamHypothesis] {
        for index in groups.indices where !groups[index].isDone {
            for beam in groups[index].beams {
                groups[index].hypotheses.add(beam.tokens, sum: beam.sum, isComplete: false, beam.entries)
            }
        }
        let all = groups.flatMap(\.hypotheses.best)
        return all.indices.sorted {
            all[$0].score > all[$1].score || all[$0].score == all[$1].score && $0 < $1
        }
        .map { all[$0] }
    }

    /// Gives every beam its next token.
    private mutating func choose(_ logits: [[[Float]]]) throws(ONNXError) {
        var taken: [Int: Int] = [:]
        for index in groups.indices where !groups[index].isDone {
            var candidates: [Candidate] = []
            let size = settings.beamCount / settings.beamGroupCount
            let wanted = max(2, 1 + endOfSequence.count) * size
            for beam in groups[index].beams.indices {
                let scores = try scores(of: beam, in: index, logits[index][beam], taken)
                candidates += Self.largest(wanted, of: scores).map {
                    Candidate(beam: beam, token: $0, sum: scores[$0])
                }
            }
            // Sorting keeps the order of equal ones: the lower beam's lower token is first.
            candidates.sort { $0.sum > $1.sum }
            // Bans may leave fewer continuations than beams.
            let possible = candidates.prefix(wanted).prefix { $0.sum > -.infinity }
            groups[index] = extending(groups[index], possible, logits[index])
            for beam in groups[index].beams { taken[beam.tokens.last ?? -1, default: 0] += 1 }
        }
    }

    /// The sum of log-probabilities for each next token.
    private mutating func scores(
        of beam: Int, in group: Int, _ logits: [Float], _ taken: [Int: Int]
    ) throws(ONNXError) -> [Float] {
        var scores = logits
        let context = TokenContext(tokens: groups[group].beams[beam].tokens, promptTokenCount: promptCount)
        let place =
            "new token \(context.generatedTokens.count + 1), position \(context.tokens.count), beam \(beam)"
        if let index = scores.firstIndex(where: { $0.isNaN || $0 == .infinity }) {
            throw Sampler.notFinite(scores[index], token: index).adding(place)
        }
        var controls = groups[group].beams[beam].controls
        do throws(ONNXError) {
            try scores.withUnsafeMutableBufferPointer { (buffer) throws(ONNXError) in
                try controls.apply(buffer, after: context)
            }
        } catch {
            throw error.adding(place)
        }
        groups[group].beams[beam].controls = controls
        let shift = scores.withUnsafeBufferPointer { LogProbabilities($0).shift }
        guard shift.isFinite else {
            throw ONNXError(
                "generation.no_token", "The penalties, bans and processors rule out all tokens. Loosen them."
            ).adding(place)
        }
        let sum = groups[group].beams[beam].sum
        for token in scores.indices { scores[token] = Float(Double(scores[token]) - shift) + sum }
        for (token, count) in taken where scores.indices.contains(token) {
            scores[token] -= settings.diversityPenalty * Float(count)
        }
        return scores
    }

    /// Continues a group by its best candidates; complete sequences go to its hypotheses.
    private func extending(
        _ group: Group, _ candidates: some Sequence<Candidate>, _ logits: [[Float]]
    ) -> Group {
        var group = group
        let size = settings.beamCount / settings.beamGroupCount
        let length = group.beams.first?.tokens.count ?? 0
        var next: [Beam] = []
        var best = -Float.infinity
        for (rank, candidate) in candidates.enumerated() {
            best = max(best, candidate.sum)
            let parent = group.beams[candidate.beam]
            if endOfSequence.contains(candidate.token) {
                guard rank < size else { continue }
                group.hypotheses.add(parent.tokens, sum: candidate.sum, isComplete: true, parent.entries)
            } else {
                var beam = parent
                beam.tokens.append(candidate.token)
                beam.sum = candidate.sum
                if let alternatives {
                    let entry = logits[candidate.beam].withUnsafeBufferPointer {
                        LogProbabilities($0).entry(of: candidate.token, alternatives: alternatives)
                    }
                    beam.entries.append(entry)
                }
                next.append(beam)
            }
            if next.count == size { break }
        }
        group.isDone =
            next.isEmpty
            || group.hypotheses.isFull
                && (settings.stopsEarly || !group.hypotheses.canImprove(best, length: length))
        group.beams = next
        return group
    }

    /// Gives each beam a decoder of its own that has read what the beam has.
    private mutating func spreadDecoders() throws(ONNXError) {
        var used: Set<Int> = []
        var others: [(group: Int, beam: Int)] = []
        for (index, group) in groups.enumerated() where !group.isDone {
            for (place, beam) in group.beams.enumerated() where !used.insert(beam.decoder).inserted {
                others.append((index, place))
            }
        }
        var free = decoders.indices.filter { !used.contains($0) }
        for (group, beam) in others {
            guard let decoder = free.popLast() else { break }
            let source = groups[group].beams[beam].decoder
            try decoders[decoder].take(over: decoders[source])
            groups[group].beams[beam].decoder = decoder
        }
    }

    /// The tokens of the `count` largest scores, largest first, equal ones by the lower token.
    private static func largest(_ count: Int, of scores: [Float]) -> [Int] {
        scores.withUnsafeBufferPointer { LogProbabilities.largest(count, of: $0) }
    }
}
