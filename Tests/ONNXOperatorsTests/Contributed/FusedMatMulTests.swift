// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct FusedMatMulTests {
    static let cases: [OperatorCase] = [
        .near(
            "alpha", "FusedMatMul", domain: microsoft, ["alpha": .float(0.5)],
            [f([1, 2, 3, 4, 5, 6], [3, 2]), f([1, 0, 2, 0, 3, 1], [2, 3])],
            f([0.5, 3, 2, 1.5, 6, 5, 2.5, 9, 8], [3, 3])),
        .near(
            "both turned", "FusedMatMul", domain: microsoft, ["transA": .int(1), "transB": .int(1)],
            [f([1, 2, 3, 4, 5, 6], [3, 2]), f([1, 0, 2, 0, 3, 1], [2, 3])], f([11, 14, 14, 18], [2, 2])),
        .near(
            "K = 0", "FusedMatMul", domain: microsoft, [f([], [2, 0]), f([], [0, 1])], f([0, 0], [2, 1])),
        .throwing(
            "inner dimensions", "op.shape", "FusedMatMul", domain: microsoft,
            [f([1, 2, 3, 4, 5, 6], [3, 2]), f([1, 2, 3, 4, 5, 6], [3, 2])]),
        .throwing(
            "rank 0", "op.shape", "FusedMatMul", domain: microsoft,
            [scalar(Float(1)), f([1, 2, 3, 4, 5, 6], [3, 2])]),
        .near(
            "alpha", "TransposeMatMul", domain: microsoft, ["alpha": .float(0.5)],
            [f([1, 2, 3, 4, 5, 6], [3, 2]), f([1, 0, 2, 0, 3, 1], [2, 3])],
            f([0.5, 3, 2, 1.5, 6, 5, 2.5, 9, 8], [3, 3])),
        .near(
            "both turned", "TransposeMatMul", domain: microsoft, ["transA": .int(1), "transB": .int(1)],
            [f([1, 2, 3, 4, 5, 6], [3, 2]), f([1, 0, 2, 0, 3, 1], [2, 3])], f([11, 14, 14, 18], [2, 2])),
        .near(
            "K = 0", "TransposeMatMul", domain: microsoft, [f([], [2, 0]), f([], [0, 1])], f([0, 0], [2, 1])),
        .throwing(
            "inner dimensions", "op.shape", "TransposeMatMul", domain: microsoft,
            [f([1, 2, 3, 4, 5, 6], [3, 2]), f([1, 2, 3, 4, 5, 6], [3, 2])]),
        .throwing(
            "rank 0", "op.shape", "TransposeMatMul", domain: microsoft,
            [scalar(Float(1)), f([1, 2, 3, 4, 5, 6], [3, 2])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
