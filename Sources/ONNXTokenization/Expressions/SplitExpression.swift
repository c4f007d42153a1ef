// SPDX-License-Identifier: Apache-2.0

/// A regular expression that a text is searched for, in time linear in the text.
struct SplitExpression: Sendable {
    let program: ExpressionProgram

    /// - Throws: why the expression is refused.
    init(_ source: String) throws(ExpressionParser.Refusal) {
        program = try ExpressionProgram(try ExpressionParser.parse(source))
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
