// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct EyeLikeTests {
    static let cases: [OperatorCase] = [
        .gives("square", "EyeLike", [f([5, 5, 5, 5], [2, 2])], f([1, 0, 0, 1], [2, 2])),
        .gives(
            "above", "EyeLike", ["k": .int(1)], [f([0, 0, 0, 0, 0, 0], [2, 3])],
            f([0, 1, 0, 0, 0, 1], [2, 3])),
        .gives(
            "below, integers", "EyeLike", ["k": .int(-1), "dtype": .int(7)], [f([0, 0, 0, 0], [2, 2])],
            i64([0, 0, 1, 0], [2, 2])),
        .gives(
            "far off", "EyeLike", ["k": .int(9_223_372_036_854_775_807)], [f([0, 0, 0, 0], [2, 2])],
            f([0, 0, 0, 0], [2, 2])),
        .gives(
            "farther off", "EyeLike", ["k": .int(-9_223_372_036_854_775_808)], [f([0, 0, 0, 0], [2, 2])],
            f([0, 0, 0, 0], [2, 2])),
        .gives("no rows", "EyeLike", [f([], [0, 2])], f([], [0, 2])),
        .throwing("vector", "op.shape", "EyeLike", [f([1])]),
        .throwing("type", "attr.value", "EyeLike", ["dtype": .int(99)], [f([1], [1, 1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
