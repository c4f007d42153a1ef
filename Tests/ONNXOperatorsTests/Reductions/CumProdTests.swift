// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct CumProdTests {
    static let cases: [OperatorCase] = [
        .gives(
            "rows", "CumProd", version: 26, [f([1, 2, 3, 4, 5, 6], [2, 3]), scalar(Int64(1))],
            f([1, 2, 6, 4, 20, 120], [2, 3])),
        .gives(
            "exclusive, backwards", "CumProd", version: 26, ["exclusive": .int(1), "reverse": .int(1)],
            [f([1, 2, 3]), scalar(Int64(0))], f([6, 3, 1])),
        .gives(
            "negative axis", "CumProd", version: 26, [i64([1, 2, 3, 4], [2, 2]), scalar(Int64(-2))],
            i64([1, 2, 3, 8], [2, 2])),
        .gives("no elements", "CumProd", version: 26, [f([], [0, 2]), scalar(Int64(0))], f([], [0, 2])),
        .throwing("axis", "op.axis", "CumProd", version: 26, [f([1]), scalar(Int64(1))]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
