// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ScatterElementsTests {
    static let cases: [OperatorCase] = [
        .gives(
            "under its name before 11", "Scatter", version: 10, ["axis": .int(1)],
            [f([1, 2, 3, 4, 5], [1, 5]), i64([1, 3], [1, 2]), f([9, 8], [1, 2])], f([1, 9, 3, 8, 5], [1, 5])),
        .throwing("its old name after 10", "op.version", "Scatter", version: 11, [f([1]), i64([0]), f([2])]),
        .throwing("index", "op.index", "ScatterElements", [f([1, 2]), i64([2]), f([9])]),
        .throwing(
            "reduction", "attr.value", "ScatterElements", ["reduction": .string("avg")],
            [f([1]), i64([0]), f([1])]),
        .gives(
            "sum of two", "ScatterElements", ["reduction": .string("add")],
            [f([1, 2]), i64([-1, 1]), f([10, 20])], f([1, 32])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
