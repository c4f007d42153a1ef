// SPDX-License-Identifier: Apache-2.0
#if Command
    package import ONNXInference

    /// Where the time of a measured stretch went, one row an operator kind, and how near each came to the memory's rate.
    ///
    /// Time outside of all operators has a row of its own, so the shares add up to one.
    package struct ProfileReport: Sendable {
        /// One line of the table.
        package struct Row: Sendable, Hashable {
            package var kind: String
            package var calls: Int
            package var seconds: Double
            package var bytes: Int
            /// Tenths of a percent of the whole; those of all rows add up to 1000.
            package var permille: Int
        }

        /// What the time outside of operators is called.
        package static let outside = "between operators"

        /// What was measured, such as "decode after 128 tokens".
        package let title: String
        /// The stretch by the clock on the wall; at least the operators' sum.
        package let seconds: Double
        /// Tokens read or written in the stretch.
        package let tokenCount: Int
        /// Bytes a second that this machine reads from memory; 0 when it was not measured.
        package let memoryReadRate: Double
        /// Largest share first, the time outside of operators last.
        package let rows: [Row]

        /// - Parameters:
        ///   - operators: any order; kinds that occur twice are added up.
        ///   - seconds: the whole stretch by the clock on the wall.
        ///   - tokenCount: at least 1.
        package init(
            title: String, operators: [OperatorProfile], seconds: Double, tokenCount: Int,
            memoryReadRate: Double
        ) {
            var merged: [String: OperatorProfile] = [:]
            for profile in operators {
                var sum = merged[profile.kind] ?? OperatorProfile(kind: profile.kind)
                sum.calls += profile.calls
                sum.seconds += profile.seconds
                sum.bytes += profile.bytes
                merged[profile.kind] = sum
            }
            let inside = merged.values.reduce(0) { $0 + $1.seconds }
            let whole = max(seconds, inside)
            var profiles = merged.values.sorted { ($1.seconds, $0.kind) < ($0.seconds, $1.kind) }
            profiles.append(OperatorProfile(kind: Self.outside, seconds: whole - inside))
            let shares = Self.permilles(profiles.map { $0.seconds })
            self.title = title
            self.seconds = whole
            self.tokenCount = max(1, tokenCount)
            self.memoryReadRate = memoryReadRate
            rows = zip(profiles, shares).map {
                Row(kind: $0.kind, calls: $0.calls, seconds: $0.seconds, bytes: $0.bytes, permille: $1)
            }
        }

        /// The rows' sum.
        package var total: Row {
            Row(
                kind: "all", calls: rows.reduce(0) { $0 + $1.calls }, seconds: seconds,
                bytes: rows.reduce(0) { $0 + $1.bytes }, permille: rows.reduce(0) { $0 + $1.permille })
        }

        /// The part of the memory's read rate that a row uses while it runs; nil without bytes, time or a rate.
        package func memoryFraction(of row: Row) -> Double? {
            guard row.bytes > 0, row.seconds > 0, memoryReadRate > 0 else { return nil }
            return Double(row.bytes) / row.seconds / memoryReadRate
        }

        /// Whole numbers in the ratio of `values` that add up to 1000: rounded down, then those with the largest rest up.
        static func permilles(_ values: [Double]) -> [Int] {
            let sum = values.reduce(0, +)
            guard sum > 0, sum.isFinite else {
                return values.indices.map { $0 == values.count - 1 ? 1000 : 0 }
            }
            let exact = values.map { $0 / sum * 1000 }
            var whole = exact.map { Int($0) }
            let missing = 1000 - whole.reduce(0, +)
            let order = exact.indices.sorted {
                exact[$0] - Double(whole[$0]) > exact[$1] - Double(whole[$1])
            }
            for index in order.prefix(max(0, missing)) { whole[index] += 1 }
            return whole
        }
    }
#endif
