// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct PadTests {
    static let cases: [OperatorCase] = [
        .gives(
            "reflected far", "Pad", ["mode": .string("reflect")], [f([1, 2, 3]), i64([5, 0])],
            f([2, 1, 2, 3, 2, 1, 2, 3])),
        .gives("taken away", "Pad", [f([1, 2, 3]), i64([-1, -1])], f([2])),
        .throwing("taken too much", "op.shape", "Pad", [f([1, 2, 3]), i64([-2, -2])]),
        .throwing(
            "edge of nothing", "op.shape", "Pad", ["mode": .string("edge")], [f([], [0]), i64([1, 0])]),
        .throwing("2^63", "op.shape", "Pad", [f([1]), i64([.max, .max])]),
        .throwing("mode", "attr.value", "Pad", ["mode": .string("what")], [f([1]), i64([1, 1])]),
        .throwing("the least integer taken away", "op.shape", "Pad", [f([1, 2, 3]), i64([.min, .max])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
