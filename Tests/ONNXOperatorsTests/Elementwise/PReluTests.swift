// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct PReluTests {
    static let cases: [OperatorCase] = [
        .gives(
            "slopes by channel", "PRelu", [f([-1, 2, -3, -4], [2, 2]), f([0.5, 2], [2, 1])],
            f([-0.5, 2, -6, -8], [2, 2])),
        .gives("no elements", "PRelu", [f([], [0, 2]), f([1, 2])], f([], [0, 2])),
        .gives("rank 0", "PRelu", [scalar(Float(-2)), scalar(Float(0.25))], scalar(Float(-0.5))),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
