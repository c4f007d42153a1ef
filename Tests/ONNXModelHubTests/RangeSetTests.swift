// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXModelHub
    import Testing

    struct RangeSetTests {
        @Test func agreesWithASetOfNumbers() {
            var random = SystemRandomNumberGenerator()
            for _ in 0..<300 {
                var set = RangeSet()
                var numbers: Set<Int> = []
                for _ in 0..<Int.random(in: 0...12, using: &random) {
                    let start = Int.random(in: 0..<60, using: &random)
                    let range = start..<start + Int.random(in: 0...9, using: &random)
                    set.insert(range)
                    numbers.formUnion(range)
                    #expect(set.count == numbers.count)
                    #expect(set.ranges == set.ranges.sorted { $0.lowerBound < $1.lowerBound })
                    #expect(
                        zip(set.ranges, set.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
                    #expect(set.prefixEnd == (0...).first { !numbers.contains($0) })
                    let gaps = Set(set.gaps(in: 5..<55).flatMap { $0 })
                    #expect(gaps == Set(5..<55).subtracting(numbers))
                }
            }
        }

        @Test func aRecordIsCutToTheFile() {
            #expect(RangeSet([-5..<3, 8..<20], upTo: 10).ranges == [0..<3, 8..<10])
            #expect(RangeSet([0..<10], upTo: 0).ranges.isEmpty)
        }
    }
#endif
