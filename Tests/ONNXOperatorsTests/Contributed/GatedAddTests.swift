// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct GatedAddTests {
    static let cases: [OperatorCase] = [
        .near(
            "numbers", "GatedAdd", domain: microsoft,
            [
                f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([0.25, 1, 4, -3, -0.5, 0], [2, 3]),
                f([0.5, 2], [2, 1]),
            ], f([-2.875, 0, 2, -5.75, 0, 4], [2, 3])),
        .near(
            "no elements", "GatedAdd", domain: microsoft, [f([], [0, 2]), f([], [0, 2]), f([], [0, 1])],
            f([], [0, 2])),
        .throwing(
            "gate by element", "op.shape", "GatedAdd", domain: microsoft,
            [
                f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]),
                f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]),
            ]),
        .throwing(
            "gate_weight", "op.input_unsupported", "GatedAdd", domain: microsoft,
            [
                f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]),
                f([1, 1], [2, 1]), f([1, 2, 3]),
            ]),
        .throwing(
            "rank 0", "op.shape", "GatedAdd", domain: microsoft,
            [scalar(Float(1)), scalar(Float(1)), scalar(Float(1))]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
