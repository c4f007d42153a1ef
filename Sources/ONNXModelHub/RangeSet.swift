// SPDX-License-Identifier: Apache-2.0
#if Providers
    /// Which bytes of a file have arrived: disjoint ranges in order, none touching the next.
    package struct RangeSet: Sendable, Hashable {
        package private(set) var ranges: [Range<Int>] = []

        package init() {}

        /// The ranges of a record that may have been tampered with: those that are proper, up to `end`.
        package init(_ ranges: [Range<Int>], upTo end: Int) {
            for range in ranges { insert(range.clamped(to: 0..<max(0, end))) }
        }

        /// Bytes in all.
        package var count: Int { ranges.reduce(0) { $0 + $1.count } }

        /// The end of the part that is there from the first byte on.
        package var prefixEnd: Int { ranges.first.map { $0.lowerBound == 0 ? $0.upperBound : 0 } ?? 0 }

        /// Adds a range; what is there already may overlap it.
        package mutating func insert(_ range: Range<Int>) {
            guard !range.isEmpty else { return }
            let first = ranges.firstIndex { $0.upperBound >= range.lowerBound } ?? ranges.count
            var end = first
            var merged = range
            while end < ranges.count, ranges[end].lowerBound <= merged.upperBound {
                merged =
                    min(
                        merged.lowerBound, ranges[end].lowerBound)..<max(
                        merged.upperBound, ranges[end].upperBound)
                end += 1
            }
            ranges.replaceSubrange(first..<end, with: [merged])
        }

        /// The parts of `whole` that are not there.
        package func gaps(in whole: Range<Int>) -> [Range<Int>] {
            var result: [Range<Int>] = []
            var position = whole.lowerBound
            for range in ranges where range.upperBound > position && range.lowerBound < whole.upperBound {
                if range.lowerBound > position { result.append(position..<range.lowerBound) }
                position = max(position, range.upperBound)
            }
            if position < whole.upperBound { result.append(position..<whole.upperBound) }
            return result
        }
    }
#endif
