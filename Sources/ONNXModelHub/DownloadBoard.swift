// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXErrors

    /// Who fetches which part of one file, and what has arrived.
    actor DownloadBoard {
        private let byteCount: Int
        private let pieceByteCount: Int
        private(set) var landed: RangeSet
        private(set) var entityTag: String?
        /// The address that the hub has sent us to, for the next requests.
        private(set) var address: String?
        private var claimed: [Int: Range<Int>] = [:]
        private var nextClaim = 0
        private var isSequential = false
        private var failures = 0
        private var onLanded: @Sendable (Int) -> Void

        init(
            byteCount: Int, pieceByteCount: Int, landed: RangeSet, entityTag: String?,
            onLanded: @escaping @Sendable (Int) -> Void
        ) {
            self.byteCount = byteCount
            self.pieceByteCount = pieceByteCount
            self.landed = landed
            self.entityTag = entityTag
            self.onLanded = onLanded
        }

        var isComplete: Bool { landed.count == byteCount }

        /// The next part to fetch; nil when all parts are there or taken.
        func claim() -> (ticket: Int, range: Range<Int>)? {
            guard !isSequential else { return nil }
            var open = landed
            for range in claimed.values { open.insert(range) }
            guard let gap = open.gaps(in: 0..<byteCount).first else { return nil }
            let range = gap.lowerBound..<min(gap.upperBound, gap.lowerBound + pieceByteCount)
            nextClaim += 1
            claimed[nextClaim] = range
            return (nextClaim, range)
        }

        /// Gives a part back, fetched or not.
        func release(_ ticket: Int) { claimed[ticket] = nil }

        /// Notes that the server gives only whole files; false when another task is fetching it already.
        func becomeSequential(_ ticket: Int) -> Bool {
            guard !isSequential else { return false }
            isSequential = true
            claimed = [ticket: 0..<byteCount]
            return true
        }

        /// Lets the tasks go on after the whole file has ended early.
        func endSequence(_ ticket: Int) {
            isSequential = false
            claimed[ticket] = nil
        }

        /// Notes bytes that are on the disk.
        func add(_ range: Range<Int>) {
            let before = landed.count
            landed.insert(range)
            if landed.count > before {
                failures = 0
                onLanded(landed.count - before)
            }
        }

        /// Whether an answer's version is that of the bytes so far; the first one decides.
        func accepts(entityTag tag: String?) -> Bool {
            guard let tag else { return true }
            guard let known = entityTag else {
                entityTag = tag
                return true
            }
            return known == tag
        }

        func remember(address: String?) { self.address = address }

        /// Counts a failure.
        ///
        /// - Returns: how many there were since bytes arrived last.
        func fail() -> Int {
            failures += 1
            address = nil
            return failures
        }
    }
#endif
