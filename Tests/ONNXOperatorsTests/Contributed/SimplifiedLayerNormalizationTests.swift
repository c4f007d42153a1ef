// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct SimplifiedLayerNormalizationTests {
    static let cases: [OperatorCase] = [
        .near(
            "rows", "SimplifiedLayerNormalization",
            [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([1, 2, 0.5])],
            f([-1.7084817, -0.5694939, 0, 0.104828395, 0.83862716, 0.83862716], [2, 3])),
        .near(
            "statistics asked for", "SimplifiedLayerNormalization",
            [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([1, 2, 0.5])],
            f([-1.7084817, -0.5694939, 0, 0.104828395, 0.83862716, 0.83862716], [2, 3]), outputs: 2),
        .gives("no rows", "SimplifiedLayerNormalization", [f([], [0, 3]), f([1, 1, 1])], f([], [0, 3])),
        .throwing(
            "scale", "op.shape", "SimplifiedLayerNormalization",
            [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([1, 2])]),
        .throwing(
            "axis", "op.axis", "SimplifiedLayerNormalization", ["axis": .int(2)],
            [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([1, 2, 3])]),
        .throwing(
            "epsilon", "attr.value", "SimplifiedLayerNormalization", ["epsilon": .float(.nan)],
            [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([1, 2, 3])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
