// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct CumSumTests {
    static let cases: [OperatorCase] = [
        .gives(
            "rows", "CumSum", [f([1, 2, 3, 4, 5, 6], [2, 3]), scalar(Int64(1))],
            f([1, 3, 6, 4, 9, 15], [2, 3])),
        .gives(
            "exclusive, backwards", "CumSum", ["exclusive": .int(1), "reverse": .int(1)],
            [f([1, 2, 3]), scalar(Int64(0))], f([5, 3, 0])),
        .gives(
            "negative axis", "CumSum", [i64([1, 2, 3, 4], [2, 2]), scalar(Int64(-2))],
            i64([1, 2, 4, 6], [2, 2])),
        .gives("no elements", "CumSum", [f([], [0, 2]), scalar(Int64(0))], f([], [0, 2])),
        .throwing("axis", "op.axis", "CumSum", [f([1]), scalar(Int64(1))]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
