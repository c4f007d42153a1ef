// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct TopKTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("k > n", "op.attr", "TopK", [six, i64([4])], outputs: 2),
        .throwing("k < 0", "op.attr", "TopK", [six, i64([-1])], outputs: 2),
        .gives("k = 0", "TopK", [six, i64([0])], f([], [2, 0])),
        .gives("NaN first", "TopK", [f([1, .nan, 3]), i64([2])], f([.nan, 3])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
