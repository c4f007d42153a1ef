// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct LpNormalizationTests {
    static let cases: [OperatorCase] = [
        .near(
            "root of squares", "LpNormalization", ["axis": .int(1)], [f([3, 4, 1, 0], [2, 2])],
            f([0.6, 0.8, 1, 0], [2, 2])),
        .near(
            "magnitudes", "LpNormalization", ["axis": .int(1), "p": .int(1)], [f([1, -3, 2, 2], [2, 2])],
            f([0.25, -0.75, 0.5, 0.5], [2, 2])),
        .near("zeros", "LpNormalization", [f([0, 0], [1, 2])], f([0, 0], [1, 2])),
        .near("no elements", "LpNormalization", [f([], [0, 3])], f([], [0, 3])),
        .throwing("axis", "op.axis", "LpNormalization", ["axis": .int(1)], [f([1])]),
        .throwing("p", "attr.value", "LpNormalization", ["p": .int(3)], [f([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
