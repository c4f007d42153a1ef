// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct WhereTests {
    static let cases: [OperatorCase] = [
        .throwing("where", "op.broadcast", "Where", [t([true, false]), f([1, 2, 3]), f([1])]),
        .gives(
            "stretched", "Where", [t([true, false], [2, 1]), f([1, 2]), f([9, 8], [2, 1])],
            f([1, 2, 8, 8], [2, 2])),
        .gives("no elements", "Where", [t([Bool](), [0]), f([1]), f([2])], f([])),
        .gives("rank 0", "Where", [scalar(false), scalar(Int64(1)), scalar(Int64(2))], scalar(Int64(2))),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
