// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct NonZeroTests {
    static let cases: [OperatorCase] = [
        .gives("of nothing", "NonZero", [f([], [0, 2])], i64([], [2, 0])),
        .gives("of a scalar", "NonZero", [scalar(Float(2))], i64([], [0, 1])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
