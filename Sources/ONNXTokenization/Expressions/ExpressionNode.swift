// SPDX-License-Identifier: Apache-2.0

/// A regular expression, or a part of one, as it is written.
indirect enum ExpressionNode: Sendable {
    /// Places without width.
    enum Anchor: Sendable { case textStart, textEnd, lineStart, lineEnd, lastLineEnd }

    case set(ExpressionSet)
    case sequence([ExpressionNode])
    case alternatives([ExpressionNode])
    case repeated(ExpressionNode, minimum: Int, maximum: Int?, isLazy: Bool)
    /// As many as there are, none given back.
    case run(ExpressionSet, minimum: Int, maximum: Int?)
    /// One character before or after this place.
    case look(ExpressionSet, isAhead: Bool, isNegated: Bool)
    case anchor(Anchor)

    /// Whether it can match nothing at all.
    var isNullable: Bool {
        switch self {
        case .set: false
        case .sequence(let parts): parts.allSatisfy(\.isNullable)
        case .alternatives(let parts): parts.contains(where: \.isNullable)
        case .repeated(let inner, let minimum, _, _): minimum == 0 || inner.isNullable
        case .run(_, let minimum, _): minimum == 0
        case .look, .anchor: true
        }
    }
}
