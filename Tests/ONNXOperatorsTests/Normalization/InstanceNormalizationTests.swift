// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct InstanceNormalizationTests {
    static let cases: [OperatorCase] = [
        .near(
            "channels", "InstanceNormalization",
            [
                f(
                    [
                        0, 1, 2.828427, 5.196152, 8, 11.18034, 14.6969385, 18.52026, 22.627417, 27, 31.622776,
                        36.482872,
                    ], [1, 2, 2, 3]), f([1, 2]), f([0, -1]),
            ],
            f(
                [
                    -1.1977903, -0.9429857, -0.47709414, 0.12621303, 0.84064627, 1.6510113, -3.8070858,
                    -2.7811856, -1.6791248, -0.50584286, 0.7345725, 2.0386672,
                ], [1, 2, 2, 3])),
        .near(
            "epsilon", "InstanceNormalization", ["epsilon": .float(0.5)],
            [
                f(
                    [
                        0, 1, 2.828427, 5.196152, 8, 11.18034, 14.6969385, 18.52026, 22.627417, 27, 31.622776,
                        36.482872,
                    ], [1, 2, 2, 3]), f([1, 2]), f([0, -1]),
            ],
            f(
                [
                    -1.1788098, -0.9280429, -0.46953398, 0.12421303, 0.82732517, 1.624849, -3.794539,
                    -2.7732244, -1.6760893, -0.5080516, 0.7268195, 2.0250852,
                ], [1, 2, 2, 3])),
        .near(
            "no batch", "InstanceNormalization", [f([], [0, 2, 3]), f([1, 2]), f([0, 0])], f([], [0, 2, 3])),
        .near(
            "no positions", "InstanceNormalization", [f([], [1, 2, 0]), f([1, 2]), f([0, 0])],
            f([], [1, 2, 0])),
        .throwing(
            "scale", "op.shape", "InstanceNormalization",
            [
                f(
                    [
                        0, 1, 2.828427, 5.196152, 8, 11.18034, 14.6969385, 18.52026, 22.627417, 27, 31.622776,
                        36.482872,
                    ], [1, 2, 2, 3]), f([1]), f([0, 0]),
            ]),
        .throwing("rank 0", "op.shape", "InstanceNormalization", [scalar(Float(1)), f([1]), f([0])]),
        .throwing(
            "epsilon NaN", "attr.value", "InstanceNormalization", ["epsilon": .float(.nan)],
            [
                f(
                    [
                        0, 1, 2.828427, 5.196152, 8, 11.18034, 14.6969385, 18.52026, 22.627417, 27, 31.622776,
                        36.482872,
                    ], [1, 2, 2, 3]), f([1, 2]), f([0, 0]),
            ]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
