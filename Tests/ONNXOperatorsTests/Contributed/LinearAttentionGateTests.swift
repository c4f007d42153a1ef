// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct LinearAttentionGateTests {
    static let cases: [OperatorCase] = [
        .near(
            "decay", "LinearAttentionGate", domain: microsoft,
            [f([1, -2], [1, 1, 2]), f([0.5, 0]), f([-1, -2])], f([-1.7014134, -0.2538561], [1, 1, 2])),
        .near(
            "decay beside beta", "LinearAttentionGate", domain: microsoft,
            [f([1, -2], [1, 1, 2]), f([0.5, 0]), f([-1, -2]), f([3, 0], [1, 1, 2])],
            f([-1.7014134, -0.2538561], [1, 1, 2]), outputs: 2),
        .near(
            "no positions", "LinearAttentionGate", domain: microsoft,
            [f([], [1, 0, 2]), f([0.5, 0]), f([-1, -2])], f([], [1, 0, 2])),
        .throwing(
            "beta without b", "input.missing", "LinearAttentionGate", domain: microsoft,
            [f([1, -2], [1, 1, 2]), f([0.5, 0]), f([-1, -2])], outputs: 2),
        .throwing(
            "heads", "op.shape", "LinearAttentionGate", domain: microsoft,
            [f([1, -2], [1, 1, 2]), f([0.5]), f([-1, -2])]),
        .throwing(
            "b of another shape", "op.shape", "LinearAttentionGate", domain: microsoft,
            [f([1, -2], [1, 1, 2]), f([0.5, 0]), f([-1, -2]), f([3, 0], [1, 2])], outputs: 2),
        .throwing(
            "rank 0", "op.shape", "LinearAttentionGate", domain: microsoft,
            [scalar(Float(1)), f([1]), f([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
