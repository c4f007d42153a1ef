// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct TriluTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .gives("diagonal far off", "Trilu", [six, scalar(Int64.max)], f([0, 0, 0, 0, 0, 0], [2, 3])),
        .gives("diagonal far below", "Trilu", [six, scalar(Int64.min)], six),
        .throwing("vector", "op.shape", "Trilu", [f([1, 2])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
