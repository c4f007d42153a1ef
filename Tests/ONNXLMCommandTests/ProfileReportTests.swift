// SPDX-License-Identifier: Apache-2.0
#if Command
    import ONNXInference
    import ONNXJSON
    import ONNXLMCommand
    import Testing

    /// The table of `bench --profile`: its sums, its order and its columns.
    struct ProfileReportTests {
        private static func report(
            _ operators: [OperatorProfile], seconds: Double, tokens: Int = 1, rate: Double = 40e9
        ) -> ProfileReport {
            ProfileReport(
                title: "decode", operators: operators, seconds: seconds, tokenCount: tokens,
                memoryReadRate: rate)
        }

        /// Seconds of the operators, seconds of the whole.
        private static let stretches: [(operators: [Double], whole: Double)] = [
            ([], 0), ([], 1), ([0, 0], 0), ([1], 1), ([1, 1, 1], 3), ([1, 1, 1], 3.0001), ([2, 1], 1),
            ([1e-9, 1e-9, 5], 6), (Array(repeating: 1, count: 7), 7.5),
            (Array(repeating: 0.1, count: 999), 100),
            ([.leastNonzeroMagnitude], 1), ([1e300, 1e300], 1e300),
        ]

        @Test(arguments: stretches)
        func sharesAddUp(operators: [Double], whole: Double) {
            let report = Self.report(
                operators.enumerated().map {
                    OperatorProfile(kind: "k\($0.offset)", calls: 1, seconds: $0.element)
                },
                seconds: whole)
            #expect(report.rows.reduce(0) { $0 + $1.permille } == 1000)
            #expect(report.total.permille == 1000)
            #expect(report.rows.allSatisfy { $0.permille >= 0 && $0.seconds >= 0 })
            #expect(report.rows.count == operators.count + 1)
            #expect(report.rows.last?.kind == ProfileReport.outside)
            #expect(report.seconds >= whole)
            #expect(report.text.contains("100.0 %"))
        }

        @Test func sharesAreTheNearestThatAddUp() {
            let thirds = (0..<3).map { OperatorProfile(kind: "\($0)", calls: 1, seconds: 1) }
            #expect(Self.report(thirds, seconds: 3).rows.map { $0.permille } == [334, 333, 333, 0])
            #expect(Self.report(thirds, seconds: 4).rows.map { $0.permille } == [250, 250, 250, 250])
        }

        @Test func largestFirstAndKindsMerged() {
            let report = Self.report(
                [
                    OperatorProfile(kind: "Add", calls: 2, seconds: 1, bytes: 10),
                    OperatorProfile(kind: "MatMulNBits", calls: 1, seconds: 5, bytes: 100),
                    OperatorProfile(kind: "Add", calls: 3, seconds: 2, bytes: 20),
                ], seconds: 10)
            #expect(report.rows.map { $0.kind } == ["MatMulNBits", "Add", ProfileReport.outside])
            #expect(report.rows.map { $0.calls } == [1, 5, 0])
            #expect(report.rows.map { $0.bytes } == [100, 30, 0])
            #expect(report.rows.map { $0.permille } == [500, 300, 200])
        }

        @Test func memoryFractionIsThatOfTheRow() throws {
            let report = Self.report(
                [OperatorProfile(kind: "a", calls: 1, seconds: 0.5, bytes: 10_000_000_000)], seconds: 1)
            let row = try #require(report.rows.first)
            #expect(report.memoryFraction(of: row) == 0.5)
            #expect(report.memoryFraction(of: report.total) == 0.25)
            #expect(report.memoryFraction(of: try #require(report.rows.last)) == nil)
            let unmeasured = Self.report(
                [OperatorProfile(kind: "a", seconds: 1, bytes: 1)], seconds: 1, rate: 0)
            #expect(unmeasured.memoryFraction(of: row) == nil)
        }

        @Test func theTableIsThatOfOneToken() {
            let report = Self.report(
                [
                    OperatorProfile(kind: "MatMulNBits", calls: 8, seconds: 0.006, bytes: 200_000_000),
                    OperatorProfile(kind: "Add", calls: 3, seconds: 0.001),
                ], seconds: 0.008, tokens: 2)
            #expect(
                report.text == """
                    decode: 4.000 ms a token, 2 tokens
                    operator             share  calls     ms      MB  GB/s  of memory
                    MatMulNBits         75.0 %      4  3.000  100.00  33.3       83 %
                    Add                 12.5 %    1.5  0.500                         
                    between operators   12.5 %         0.500                         
                    all                100.0 %    5.5  4.000  100.00  25.0       62 %
                    """)
        }

        @Test func jsonHoldsTheSums() {
            let report = Self.report(
                [OperatorProfile(kind: "a", calls: 4, seconds: 0.75, bytes: 8)], seconds: 1, tokens: 4)
            #expect(report.json["tokens"]?.intValue == 4)
            #expect(report.json["seconds"]?.doubleValue == 1)
            let rows = report.json["operators"]?.arrayValue ?? []
            #expect(rows.map { $0["percent"]?.doubleValue } == [75, 25])
            #expect(rows.first?["bytes"]?.intValue == 8)
            #expect(rows.last?["memory_fraction"]?.isNull == true)
        }
    }
#endif
