// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct FlattenTests {
    static let cases: [OperatorCase] = [
        .gives(
            "axis 1", "Flatten", [f([0, 1, 2, 3, 4, 5, 6, 7], [2, 2, 2])],
            f([0, 1, 2, 3, 4, 5, 6, 7], [2, 4])),
        .gives(
            "axis 0", "Flatten", ["axis": .int(0)], [f([0, 1, 2, 3, 4, 5], [2, 3])],
            f([0, 1, 2, 3, 4, 5], [1, 6])),
        .gives(
            "negative axis", "Flatten", ["axis": .int(-1)], [f([0, 1, 2, 3, 4, 5, 6, 7], [2, 2, 2])],
            f([0, 1, 2, 3, 4, 5, 6, 7], [4, 2])),
        .gives("rank 0", "Flatten", ["axis": .int(0)], [scalar(Float(3))], f([3], [1, 1])),
        .gives("no elements", "Flatten", [f([], [0, 3, 2])], f([], [0, 6])),
        .throwing("axis", "op.axis", "Flatten", ["axis": .int(3)], [f([0, 1, 2, 3, 4, 5], [2, 3])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
