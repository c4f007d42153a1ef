// SPDX-License-Identifier: Apache-2.0
import ONNXGeneration
import Testing

/// Which tokens are guessed, and when guesses are read.
struct DraftPlannerTests {
    /// What it is to find, in the plainest way.
    private static func search(_ tokens: [Int]) -> TokenRepeat? {
        for length in stride(from: min(TokenRepeat.longest, tokens.count - 1), through: 2, by: -1) {
            for end in stride(from: tokens.count - 1, through: length, by: -1)
            where tokens[end - length..<end] == tokens[(tokens.count - length)...] {
                return TokenRepeat(end: end, length: length)
            }
        }
        return nil
    }

    @Test func theLongestAndLatestIsFound() {
        var random = SplitMix64(state: 3)
        var found = 0
        for count in 0..<400 {
            let kinds = 2 + count % 5
            let tokens = (0..<count % 40).map { _ in Int(random.next() >> 33) % kinds }
            #expect(TokenRepeat(in: tokens) == Self.search(tokens), "\(tokens)")
            if TokenRepeat(in: tokens) != nil { found += 1 }
        }
        #expect(found > 100)
        #expect(TokenRepeat(in: []) == nil)
        #expect(TokenRepeat(in: [5]) == nil)
        #expect(TokenRepeat(in: [5, 5]) == nil)
        #expect(TokenRepeat(in: [5, 5, 5]) == TokenRepeat(end: 2, length: 2))
    }

    @Test func whatFollowedFollowsAgain() {
        let tokens = [1, 2, 3, 4, 9, 1, 2]
        let found = TokenRepeat(in: tokens)
        #expect(found == TokenRepeat(end: 2, length: 2))
        #expect(found?.continuation(of: tokens, count: 3) == [3, 4, 9])
        #expect(found?.continuation(of: tokens, count: 12) == [3, 4, 9, 1, 2, 3, 4, 9, 1, 2, 3, 4])
    }

    /// Runs a planner over a text as generation would and gives the sizes of its runs.
    private static func runs(
        over text: [Int], from start: Int, seconds: (Int) -> Double, _ planner: inout DraftPlanner
    ) -> [Int] {
        var sizes: [Int] = []
        var known = start
        var draft: [Int] = []
        while known < text.count {
            let rows = 1 + draft.count
            planner.note(rows: rows, seconds: seconds(rows))
            var accepted = 0
            while accepted < draft.count, known + accepted < text.count,
                draft[accepted] == text[known + accepted]
            {
                accepted += 1
            }
            let end = min(text.count, known + accepted + 1)
            planner.judge(text[known..<end])
            sizes.append(rows)
            known = end
            draft = planner.draft(after: Array(text[..<known]), room: text.count - known - 1)
        }
        return sizes
    }

    private static let repeating = (0..<600).map { $0 * 7 % 31 }

    @Test func runsGrowWhereTextRepeats() {
        var planner = DraftPlanner()
        let sizes = Self.runs(over: Self.repeating, from: 70, seconds: { 1 + 0.05 * Double($0) }, &planner)
        #expect(sizes.prefix(3) == [1, 1, 1], "what one token takes is measured first: \(sizes)")
        #expect(Set(sizes).isSuperset(of: [1, 4, 8, 16]), "\(sizes)")
        #expect(sizes.count < 80, "\(sizes)")
        // The room for the last ones is kept.
        #expect(sizes.reduce(0, +) <= 600 - 70)
    }

    @Test func dearRunsAreLeft() {
        var planner = DraftPlanner()
        let sizes = Self.runs(
            over: Self.repeating, from: 70, seconds: { $0 == 1 ? 1 : 2 * Double($0) }, &planner)
        #expect(sizes.filter { $0 > 1 }.count < sizes.count / 10, "\(sizes)")
    }

    @Test func wrongGuessesAreLeft() {
        // Each couple of tokens comes many times, with another behind it each time.
        var random = SplitMix64(state: 5)
        let text = (0..<2000).map { _ in Int(random.next() >> 33) % 12 }
        var planner = DraftPlanner()
        let sizes = Self.runs(over: text, from: 200, seconds: { $0 == 1 ? 1 : 1.3 }, &planner)
        let drafted = sizes.filter { $0 > 1 }.count
        #expect(drafted < sizes.count / 10, "\(drafted) of \(sizes.count)")
    }

    @Test func aTextThatBeginsToRepeatIsNoticed() {
        var random = SplitMix64(state: 9)
        let text = (0..<1000).map { _ in Int(random.next() >> 33) % 12 } + Self.repeating
        var planner = DraftPlanner()
        let sizes = Self.runs(over: text, from: 200, seconds: { 1 + 0.05 * Double($0) }, &planner)
        #expect(sizes.suffix(20).contains(16), "\(sizes.suffix(60))")
    }

    @Test func aSlowMomentDoesNotDecide() {
        var planner = DraftPlanner()
        var count = 0
        let sizes = Self.runs(
            over: Self.repeating, from: 70,
            seconds: { rows in
                count += 1
                // A run of four takes long once, just when it is measured first.
                return count == 6 ? 100 : 1 + 0.05 * Double(rows)
            }, &planner)
        #expect(sizes.suffix(20).contains(16), "\(sizes)")
    }
}
