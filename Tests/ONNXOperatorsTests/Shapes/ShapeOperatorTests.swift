// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ShapeOperatorTests {
    static let cases: [OperatorCase] = [
        .gives("of a matrix", "Shape", [f([0, 1, 2, 3, 4, 5], [2, 3])], i64([2, 3])),
        .gives("of a scalar", "Shape", [scalar(Float(1))], i64([])),
        .gives(
            "from and to", "Shape", ["start": .int(-2), "end": .int(-1)],
            [f([0, 1, 2, 3, 4, 5], [1, 2, 3])], i64([2])),
        .gives(
            "clamped", "Shape", ["start": .int(-9), "end": .int(9)], [f([0, 1, 2, 3, 4, 5], [2, 3])],
            i64([2, 3])),
        .gives(
            "nothing between", "Shape", ["start": .int(2), "end": .int(1)], [f([0, 1, 2, 3, 4, 5], [2, 3])],
            i64([])),
        .gives("with a 0", "Shape", [f([], [0, 3])], i64([0, 3])),
        .gives(
            "extreme ends", "Shape",
            ["start": .int(-9_223_372_036_854_775_808), "end": .int(9_223_372_036_854_775_807)],
            [f([0, 1, 2, 3, 4, 5], [2, 3])], i64([2, 3])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
