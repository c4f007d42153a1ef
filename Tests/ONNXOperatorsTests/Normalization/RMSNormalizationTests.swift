// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct RMSNormalizationTests {
    static let cases: [OperatorCase] = [
        .near(
            "rows", "RMSNormalization", version: 23, [f([1, 2, 4, 0, 0, 3], [2, 3]), f([1, 2, 0.5])],
            f([0.3779642, 1.5118568, 0.7559284, 0, 0, 0.86602396], [2, 3])),
        .near(
            "two axes", "RMSNormalization", version: 23, ["axis": .int(-2)],
            [f([1, 2, 3, 5], [1, 2, 2]), f([1, 1, 2, 2], [2, 2])],
            f([0.32025617, 0.64051235, 1.921537, 3.2025619], [1, 2, 2])),
        .near("no rows", "RMSNormalization", version: 23, [f([], [0, 3]), f([1, 1, 1])], f([], [0, 3])),
        .throwing(
            "scale", "op.broadcast", "RMSNormalization", version: 23,
            [f([1, 2, 4, 0, 0, 3], [2, 3]), f([1, 1])]),
        .throwing(
            "axis", "op.axis", "RMSNormalization", version: 23, ["axis": .int(3)],
            [f([1, 2, 4, 0, 0, 3], [2, 3]), f([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
