// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct SoftmaxTests {
    static let cases: [OperatorCase] = [
        .gives("softmax of nothing", "Softmax", [f([], [2, 0])], f([], [2, 0])),
        .near(
            "rows", "Softmax", [f([1, 2, 3, 1000, 1000, 1001], [2, 3])],
            f([0.09003057, 0.24472846, 0.66524094, 0.21194156, 0.21194156, 0.5761169], [2, 3])),
        .near(
            "first axis", "Softmax", ["axis": .int(0)], [f([1, 2, 3, 5], [2, 2])],
            f([0.11920292, 0.047425874, 0.880797, 0.95257413], [2, 2])),
        .near("rank 0", "Softmax", [scalar(Float(3))], scalar(Float(1))),
        .near("no elements", "Softmax", [f([], [0, 3])], f([], [0, 3])),
        .throwing("axis", "op.axis", "Softmax", ["axis": .int(1)], [f([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
