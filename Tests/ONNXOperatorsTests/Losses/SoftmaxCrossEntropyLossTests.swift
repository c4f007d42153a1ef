// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct SoftmaxCrossEntropyLossTests {
    static let cases: [OperatorCase] = [
        .near(
            "mean", "SoftmaxCrossEntropyLoss", [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([2, 0])],
            scalar(Float(0.23674494))),
        .near(
            "none, great scores", "SoftmaxCrossEntropyLoss", ["reduction": .string("none")],
            [f([1000, 0, 0, -1000], [2, 2]), i64([0, 1])], f([-0.0, 1000])),
        .near(
            "sum, weighted, ignored", "SoftmaxCrossEntropyLoss",
            ["reduction": .string("sum"), "ignore_index": .int(0)],
            [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([2, 0]), f([1, 2, 0.5])], scalar(Float(0.20380299))),
        .near(
            "beside log_prob", "SoftmaxCrossEntropyLoss", [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([2, 0])],
            scalar(Float(0.23674494)), outputs: 2),
        .near(
            "no positions", "SoftmaxCrossEntropyLoss", ["reduction": .string("none")],
            [f([], [0, 3]), i64([])], f([])),
        .throwing(
            "label", "op.index", "SoftmaxCrossEntropyLoss", [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([3, 0])]),
        .throwing(
            "labels", "op.shape", "SoftmaxCrossEntropyLoss", [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([1])]),
        .throwing(
            "integers", "tensor.dtype_unsupported", "SoftmaxCrossEntropyLoss",
            [i64([1, 2], [1, 2]), i64([0])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
