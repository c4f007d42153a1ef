// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ArgMinTests {
    static let cases: [OperatorCase] = [
        .gives(
            "last axis", "ArgMin", ["axis": .int(1), "keepdims": .int(0)], [f([3, 1, 2, 0, 0, 5], [2, 3])],
            i64([1, 0])),
        .gives(
            "the last of equals", "ArgMin", ["select_last_index": .int(1), "keepdims": .int(0)],
            [f([1, 0, 0])], scalar(Int64(2))),
        .gives(
            "negative axis", "ArgMin", ["axis": .int(-2)], [i64([3, 1, 2, 7], [2, 2])], i64([1, 0], [1, 2])),
        .throwing("of nothing", "op.shape", "ArgMin", [f([])]),
        .throwing("axis", "op.axis", "ArgMin", ["axis": .int(1)], [f([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
