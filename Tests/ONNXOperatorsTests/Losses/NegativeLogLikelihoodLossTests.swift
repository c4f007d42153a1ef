// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct NegativeLogLikelihoodLossTests {
    static let cases: [OperatorCase] = [
        .gives(
            "mean", "NegativeLogLikelihoodLoss", [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([2, 0])],
            scalar(Float(-3.5))),
        .gives(
            "none", "NegativeLogLikelihoodLoss", ["reduction": .string("none")],
            [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([2, 0])], f([-3, -4])),
        .gives(
            "sum, weighted", "NegativeLogLikelihoodLoss", ["reduction": .string("sum")],
            [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([2, 0]), f([1, 2, 0.5])], scalar(Float(-5.5))),
        .gives(
            "weighted mean without the ignored", "NegativeLogLikelihoodLoss", ["ignore_index": .int(0)],
            [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([2, 0]), f([1, 2, 0.5])], scalar(Float(-3))),
        .gives(
            "ignored beyond the classes", "NegativeLogLikelihoodLoss",
            ["ignore_index": .int(-5), "reduction": .string("none")],
            [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([-5, 1])], f([0, -0.0])),
        .gives(
            "positions", "NegativeLogLikelihoodLoss", ["reduction": .string("none")],
            [f([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [1, 3, 2, 2]), i64([0, 1, 2, 0], [1, 2, 2])],
            f([-0.0, -5, -10, -3], [1, 2, 2])),
        .gives(
            "no positions, none", "NegativeLogLikelihoodLoss", ["reduction": .string("none")],
            [f([], [0, 3]), i64([])], f([])),
        .gives(
            "no positions, sum", "NegativeLogLikelihoodLoss", ["reduction": .string("sum")],
            [f([], [0, 3]), i64([])], scalar(Float(0))),
        .near(
            "no positions, mean", "NegativeLogLikelihoodLoss", [f([], [0, 3]), i64([])], scalar(Float.nan)),
        .throwing(
            "class beyond the last", "op.index", "NegativeLogLikelihoodLoss",
            [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([3, 0])]),
        .throwing(
            "negative class", "op.index", "NegativeLogLikelihoodLoss",
            [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([-1, 0])]),
        .throwing(
            "least integer", "op.index", "NegativeLogLikelihoodLoss",
            [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([.min, 0])]),
        .throwing(
            "targets", "op.shape", "NegativeLogLikelihoodLoss", [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([1])]),
        .throwing(
            "weights", "op.shape", "NegativeLogLikelihoodLoss",
            [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([2, 0]), f([1, 2])]),
        .throwing("rank 1", "op.shape", "NegativeLogLikelihoodLoss", [f([1, 2]), scalar(Int64(0))]),
        .throwing(
            "reduction", "attr.value", "NegativeLogLikelihoodLoss", ["reduction": .string("max")],
            [f([1, 2, 3, 4, 0, 1], [2, 3]), i64([2, 0])]),
        .throwing(
            "float targets", "tensor.dtype_unsupported", "NegativeLogLikelihoodLoss",
            [f([1, 2, 3, 4, 0, 1], [2, 3]), f([1, 0])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
