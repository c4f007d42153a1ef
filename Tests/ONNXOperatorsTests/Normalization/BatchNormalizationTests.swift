// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct BatchNormalizationTests {
    static let cases: [OperatorCase] = [
        .near(
            "by channel", "BatchNormalization",
            [f([1, 2, 3, 5], [1, 2, 2]), f([1, 2]), f([0, 1]), f([1, 4]), f([4, 1])],
            f([0, 0.4999994, -0.99999, 2.99999], [1, 2, 2])),
        .near(
            "epsilon", "BatchNormalization", ["epsilon": .float(0.5)],
            [f([1, 2, 3, 5], [1, 2, 2]), f([1, 2]), f([0, 1]), f([1, 4]), f([4, 1])],
            f([0, 0.47140455, -0.6329931, 2.6329932], [1, 2, 2])),
        .near(
            "no batch", "BatchNormalization",
            [f([], [0, 2, 2]), f([1, 2]), f([0, 1]), f([1, 4]), f([4, 1])], f([], [0, 2, 2])),
        .throwing(
            "scale of another length", "op.shape", "BatchNormalization",
            [f([1, 2, 3, 5], [1, 2, 2]), f([1]), f([0, 1]), f([1, 4]), f([4, 1])]),
        .throwing(
            "training", "attr.unsupported", "BatchNormalization", ["training_mode": .int(1)],
            [f([1, 2, 3, 5], [1, 2, 2]), f([1, 2]), f([0, 1]), f([1, 4]), f([4, 1])]),
        .throwing(
            "rank 0", "op.shape", "BatchNormalization",
            [scalar(Float(1)), f([1, 2]), f([0, 1]), f([1, 4]), f([4, 1])]),
        .throwing(
            "integers", "tensor.dtype_unsupported", "BatchNormalization",
            [i64([1, 2], [1, 2]), f([1, 2]), f([0, 1]), f([1, 4]), f([4, 1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
