// SPDX-License-Identifier: Apache-2.0

/// Decides how many tokens are guessed and read together with the next one.
///
/// It weighs how often guesses of the kind were right against how long runs of several tokens take, both as measured in
/// this generation. A guess that is not read is judged too, by the token that comes, so that it costs nothing to learn that
/// a text has begun to repeat itself.
package struct DraftPlanner {
    /// Tokens that a run reads, the guessed ones included. Few sizes, since each needs a plan of the graph.
    package static let rowCounts = [1, 4, 8, 16]

    /// A guess is read when it promises so many times the tokens per second.
    private static let leastGain = 1.05
    /// How much of a new measurement an average takes.
    private static let rateWeight = 0.1
    private static let timeWeight = 0.4
    /// How fast the memory of a slow run fades while none of its size comes.
    private static let fading = 0.003
    /// The first runs of a size make plans.
    private static let unmeasuredRuns = 2
    /// Runs after which one of a single token is due, to know what that takes by now.
    private static let mostRunsWithoutSingle = 32

    /// How often the next token was that of the earlier place, by the number of equal tokens before it.
    private var rates = [0, 0, 0.25, 0.4, 0.55, 0.65, 0.75, 0.8, 0.85]
    /// Runs by ``rowCounts``, and how long they take beside those of one token.
    private var runCounts = [0, 0, 0, 0]
    private var costs = usualCosts
    private static let usualCosts = [1, 1.2, 1.5, 2.2]
    private let measures: Bool
    private var singleSeconds = 0.0
    private var runsWithoutSingle = 0
    private var guess: (length: Int, tokens: [Int])?

    /// - Parameter costs: what runs of ``rowCounts`` take beside those of one token; nil: as they turn out.
    package init(costs: [Double]? = nil) {
        measures = costs == nil
        if let costs { self.costs = costs }
    }

    /// The tokens to read behind the last one, none as a rule.
    ///
    /// - Parameters:
    ///   - history: all tokens so far.
    ///   - room: how many there may be.
    package mutating func draft(after history: [Int], room: Int) -> [Int] {
        guess = nil
        guard let found = TokenRepeat(in: history) else { return [] }
        let drafted = bestRowCount(found.length, room: room) - 1
        let tokens = found.continuation(of: history, count: max(1, drafted))
        guess = (found.length, tokens)
        return drafted > 0 ? tokens : []
    }

    /// Learns from the tokens that have come since ``draft(after:room:)``, `history`'s last ones.
    package mutating func judge(_ tokens: ArraySlice<Int>) {
        guard let guess else { return }
        for (index, (guessed, token)) in zip(guess.tokens, tokens).enumerated() {
            let kind = min(guess.length + index, TokenRepeat.longest)
            rates[kind] += ((guessed == token ? 1 : 0) - rates[kind]) * Self.rateWeight
            if guessed != token { break }
        }
    }

    /// Learns how long a run of so many tokens took.
    package mutating func note(rows: Int, seconds: Double) {
        guard measures, let kind = Self.rowCounts.firstIndex(of: rows) else { return }
        runCounts[kind] += 1
        runsWithoutSingle = kind == 0 ? 0 : runsWithoutSingle + 1
        for other in 1..<costs.count where other != kind {
            costs[other] += (Self.usualCosts[other] - costs[other]) * Self.fading
        }
        guard runCounts[kind] > Self.unmeasuredRuns else { return }
        if kind == 0 {
            // A moment in which the machine did something else counts twofold at most.
            let most = singleSeconds > 0 ? 2 * singleSeconds : seconds
            singleSeconds += (min(seconds, most) - singleSeconds) * (singleSeconds > 0 ? Self.timeWeight : 1)
        } else if singleSeconds > 0 {
            let isFirst = runCounts[kind] == Self.unmeasuredRuns + 1
            let cost = min(max(1, seconds / singleSeconds), 2 * costs[kind])
            costs[kind] += (cost - costs[kind]) * (isFirst ? 1 : Self.timeWeight)
        }
    }

    /// The number of tokens of the run that promises most.
    private func bestRowCount(_ length: Int, room: Int) -> Int {
        if measures, singleSeconds == 0 || runsWithoutSingle >= Self.mostRunsWithoutSingle { return 1 }
        var best = (rows: 1, gain: Self.leastGain)
        var expected = 1.0
        var likelihood = 1.0
        var rows = 1
        for (kind, count) in Self.rowCounts.enumerated().dropFirst() where count - 1 <= room {
            // Longer runs are tried when shorter ones have shown what they take.
            if measures, kind > 1, runCounts[kind - 1] <= Self.unmeasuredRuns { break }
            while rows < count {
                likelihood *= rates[min(length + rows - 1, TokenRepeat.longest)]
                expected += likelihood
                rows += 1
            }
            let gain = expected / costs[kind]
            if gain > best.gain { best = (count, gain) }
        }
        return best.rows
    }
}
