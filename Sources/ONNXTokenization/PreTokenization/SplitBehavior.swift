// SPDX-License-Identifier: Apache-2.0

/// What becomes of the matches when a text is split at them.
enum SplitBehavior: String, Sendable {
    case isolated = "Isolated"
    case removed = "Removed"
    case contiguous = "Contiguous"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"

    /// Cuts a piece, given all its stretches in order with whether each is a match.
    func cut(_ stretches: [Stretch], of piece: TextPiece, into result: inout [TextPiece]) {
        func append(_ start: Int, _ end: Int) {
            guard end > start else { return }
            result.append(
                TextPiece(start: start, end: end, isAtOrigin: piece.isAtOrigin && start == piece.start))
        }
        switch self {
        case .isolated:
            for stretch in stretches { append(stretch.start, stretch.end) }
        case .removed:
            for stretch in stretches where !stretch.isMatch { append(stretch.start, stretch.end) }
        case .contiguous:
            var index = 0
            while index < stretches.count {
                var last = index
                while last + 1 < stretches.count, stretches[last + 1].isMatch == stretches[index].isMatch {
                    last += 1
                }
                append(stretches[index].start, stretches[last].end)
                index = last + 1
            }
        case .mergedWithPrevious:
            var merged: [Stretch] = []
            var previousMatched = false
            for stretch in stretches {
                if stretch.isMatch, !previousMatched, !merged.isEmpty {
                    merged[merged.count - 1].end = stretch.end
                } else {
                    merged.append(stretch)
                }
                previousMatched = stretch.isMatch
            }
            for stretch in merged { append(stretch.start, stretch.end) }
        case .mergedWithNext:
            var merged: [Stretch] = []
            var nextMatched = false
            for stretch in stretches.reversed() {
                if stretch.isMatch, !nextMatched, !merged.isEmpty {
                    merged[merged.count - 1].start = stretch.start
                } else {
                    merged.append(stretch)
                }
                nextMatched = stretch.isMatch
            }
            for stretch in merged.reversed() { append(stretch.start, stretch.end) }
        }
    }

    /// A part of a text between two borders of matches.
    struct Stretch {
        var start: Int
        var end: Int
        var isMatch: Bool
    }
}
