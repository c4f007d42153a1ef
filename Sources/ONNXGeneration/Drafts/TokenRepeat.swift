// SPDX-License-Identifier: Apache-2.0

/// A place in a row of tokens before whose end the same tokens stand as before the row's end.
package struct TokenRepeat: Equatable {
    /// Where the earlier tokens end: the place of the token that followed them.
    package let end: Int
    /// How many tokens are the same, ``longest`` at most.
    package let length: Int

    /// The most tokens that are compared.
    package static let longest = 8
    /// Shorter ones are no sign of a repetition.
    package static let shortest = 2

    package init(end: Int, length: Int) {
        self.end = end
        self.length = length
    }

    /// The longest of the last tokens that stand earlier too, of equally long ones the latest.
    ///
    /// - Complexity: O(`tokens.count`); allocates nothing.
    package init?(in tokens: [Int]) {
        var best = Self(end: 0, length: 0)
        tokens.withUnsafeBufferPointer { tokens in
            guard let last = tokens.last else { return }
            var end = tokens.count &- 1
            while end > best.length, best.length < Self.longest {
                if tokens[end &- 1] == last {
                    let length = Self.commonLength(tokens, endingAt: end)
                    if length > best.length { best = Self(end: end, length: length) }
                }
                end &-= 1
            }
        }
        guard best.length >= Self.shortest else { return nil }
        self = best
    }

    /// How many tokens before `end` are those before the end of all.
    private static func commonLength(_ tokens: UnsafeBufferPointer<Int>, endingAt end: Int) -> Int {
        var length = 1
        while length < min(longest, end), tokens[end &- 1 &- length] == tokens[tokens.count &- 1 &- length] {
            length &+= 1
        }
        return length
    }

    /// The `count` tokens that follow if the row goes on as it did at ``end``, round and round where that reaches its end.
    package func continuation(of tokens: [Int], count: Int) -> [Int] {
        let period = tokens.count - end
        return (0..<count).map { tokens[end + $0 % period] }
    }
}
