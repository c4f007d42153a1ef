// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct QuickGeluTests {
    static let cases: [OperatorCase] = [
        .near(
            "numbers", "QuickGelu", domain: microsoft, [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3])],
            f([-0.018071294, -0.14961158, 0, 0.15119965, 0.84579575, 3.9955854], [2, 3])),
        .near(
            "alpha", "QuickGelu", domain: microsoft, ["alpha": .float(1)],
            [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3])],
            f([-0.1422776, -0.18877035, 0, 0.14054412, 0.7310586, 3.928055], [2, 3])),
        .near("no elements", "QuickGelu", domain: microsoft, [f([], [0, 3])], f([], [0, 3])),
        .throwing("integers", "tensor.dtype_unsupported", "QuickGelu", domain: microsoft, [i64([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
