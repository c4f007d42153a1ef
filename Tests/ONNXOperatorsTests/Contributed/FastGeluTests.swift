// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct FastGeluTests {
    static let cases: [OperatorCase] = [
        .near(
            "numbers", "FastGelu", domain: microsoft, [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3])],
            f([-0.0036375225, -0.154286, 0, 0.14967535, 0.841192, 3.99993], [2, 3])),
        .near(
            "bias", "FastGelu", domain: microsoft,
            [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([1, -1, 0.5])],
            f([-0.045402348, -0.10042843, 0.345714, 1.1177142, 0, 4.4999948], [2, 3])),
        .throwing(
            "bias of another length", "op.shape", "FastGelu", domain: microsoft,
            [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([1, 2])]),
        .near("no elements", "FastGelu", domain: microsoft, [f([], [0, 3]), f([1, 2, 3])], f([], [0, 3])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
