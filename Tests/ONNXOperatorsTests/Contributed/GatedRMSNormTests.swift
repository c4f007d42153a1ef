// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct GatedRMSNormTests {
    static let cases: [OperatorCase] = [
        .near(
            "rows", "GatedRMSNorm", domain: microsoft,
            [
                f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([1, 2, 0.5]), f([0.25, 1, 4, -3, -0.5, 0], [2, 3]),
            ], f([-0.24011704, -0.4163334, 0, -0.014914732, -0.15830794, 0], [2, 3])),
        .near(
            "groups, sigmoid", "GatedRMSNorm", domain: microsoft, ["activation": .string("sigmoid")],
            [f([1, 2, 3, 4], [1, 4]), f([1, 2]), f([1, 0, -1, 2], [1, 4])],
            f([0.46236113, 1.2649086, 0.22820428, 1.9930155], [1, 4])),
        .near(
            "no rows", "GatedRMSNorm", domain: microsoft, [f([], [0, 2]), f([1, 1]), f([], [0, 2])],
            f([], [0, 2])),
        .throwing(
            "scale", "op.shape", "GatedRMSNorm", domain: microsoft,
            [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([1, 2]), f([-3, -0.5, 0, 0.25, 1, 4], [2, 3])]),
        .throwing(
            "activation", "attr.value", "GatedRMSNorm", domain: microsoft, ["activation": .string("relu")],
            [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([1, 1, 1]), f([-3, -0.5, 0, 0.25, 1, 4], [2, 3])]),
        .throwing(
            "epsilon", "attr.value", "GatedRMSNorm", domain: microsoft, ["epsilon": .float(-1)],
            [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([1, 1, 1]), f([-3, -0.5, 0, 0.25, 1, 4], [2, 3])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
