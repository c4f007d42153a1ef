// SPDX-License-Identifier: Apache-2.0

/// A regular expression that a text is searched for, in time linear in the text.
struct SplitExpression: Sendable, Hashable {
    let source: String
    let program: ExpressionProgram

    /// - Throws: why the expression is refused.
    init(_ source: String) throws(ExpressionParser.Refusal) {
        self.source = source
        program = try ExpressionProgram(try ExpressionParser.parse(source))
    }

    static func == (left: SplitExpression, right: SplitExpression) -> Bool { left.source == right.source }

    func hash(into hasher: inout Hasher) { hasher.combine(source) }

    /// The text with each match replaced.
    func replacingMatches(with content: [UInt8], in text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var done = 0
        for range in text.withUnsafeBufferPointer({ matches(in: $0) }) {
            result.append(contentsOf: text[done..<range.lowerBound])
            result.append(contentsOf: content)
            done = range.upperBound
        }
        return done == 0 ? text : result + text[done...]
    }

    /// The matches in order; none is empty and none overlaps another.
    func matches(in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        guard let base = text.baseAddress else { return [] }
        var matcher = ExpressionMatcher(self, base: base)
        var result: [Range<Int>] = []
        matcher.search(base, count: text.count) { result.append($0) }
        return result
    }
}
