// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct LogSoftmaxTests {
    static let cases: [OperatorCase] = [
        .near(
            "rows", "LogSoftmax", [f([1, 2, 3, 1000, 1000, 1001], [2, 3])],
            f([-2.407606, -1.407606, -0.40760598, -1.5514448, -1.5514448, -0.55144465], [2, 3])),
        .near(
            "first axis", "LogSoftmax", ["axis": .int(0)], [f([1, 2, 3, 5], [2, 2])],
            f([-2.126928, -3.0485873, -0.12692806, -0.04858734], [2, 2])),
        .near("rank 0", "LogSoftmax", [scalar(Float(3))], scalar(Float(0))),
        .near("no elements", "LogSoftmax", [f([], [0, 3])], f([], [0, 3])),
        .throwing("axis", "op.axis", "LogSoftmax", ["axis": .int(1)], [f([1])]),
        .near(
            "before 13 over all that follows", "LogSoftmax", version: 11, ["axis": .int(1)],
            [f([1, 2, 3, 4], [2, 1, 2])], f([-1.3132616, -0.31326178, -1.3132616, -0.31326166], [2, 1, 2])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
