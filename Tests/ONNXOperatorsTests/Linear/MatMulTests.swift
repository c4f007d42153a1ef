// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct MatMulTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("inner dimensions", "op.shape", "MatMul", [six, six]),
        .throwing("scalar", "op.shape", "MatMul", [scalar(Float(1)), six]),
        .throwing("batches", "op.broadcast", "MatMul", [f([1, 2], [2, 1, 1]), f([1, 2, 3], [3, 1, 1])]),
        .gives("K = 0", "MatMul", [f([], [2, 0]), f([], [0, 2])], f([0, 0, 0, 0], [2, 2])),
        .gives("N = 0", "MatMul", [six, f([], [3, 0])], f([], [2, 0])),
        .gives("vectors", "MatMul", [i64([1, 2]), i64([3, 4])], scalar(Int64(11))),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
