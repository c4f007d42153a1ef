// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct SkipLayerNormalizationTests {
    static let cases: [OperatorCase] = [
        .near(
            "rows", "SkipLayerNormalization", domain: microsoft,
            [
                f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([0.5, 2, 8, -6, -1, 0], [2, 3]), f([1, 2, 0.5]),
                f([0, 1, 0]),
            ], f([-1.1170381, 0.61481446, 0.65481555, -1.2911065, 1.2915401, 0.57266814], [2, 3])),
        .throwing(
            "skip", "op.shape", "SkipLayerNormalization", domain: microsoft,
            [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([1, 2, 3], [1, 3]), f([1, 2, 0.5])]),
        .near(
            "no rows", "SkipLayerNormalization", domain: microsoft,
            [f([], [0, 3]), f([], [0, 3]), f([1, 1, 1])], f([], [0, 3])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
