// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ScatterElementsTests {
    static let cases: [OperatorCase] = [
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
