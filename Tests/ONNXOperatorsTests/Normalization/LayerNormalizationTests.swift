// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct LayerNormalizationTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("scale", "op.broadcast", "LayerNormalization", [six, f([1, 1])]),
        .gives("of no rows", "LayerNormalization", [f([], [0, 3]), f([1, 1, 1])], f([], [0, 3])),
        .near(
            "rows", "LayerNormalization", [f([1, 2, 4, 0, 0, 3], [2, 3]), f([1, 2, 0.5]), f([0, 1, -1])],
            f([-1.0690414, 0.46547943, -0.3318491, -0.707105, -0.41420996, -0.29289502], [2, 3])),
        .near(
            "negative axis", "LayerNormalization", ["axis": .int(-2)],
            [f([1, 2, 3, 5], [1, 2, 2]), f([1, 1, 2, 2], [2, 2])],
            f([-1.1832132, -0.5070914, 0.33806092, 3.0425482], [1, 2, 2])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
