// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct BiasGeluTests {
    static let cases: [OperatorCase] = [
        .near(
            "numbers", "BiasGelu", domain: microsoft,
            [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([1, -1, 0.5])],
            f([-0.04550028, -0.100210816, 0.34573123, 1.1179378, 0, 4.4999847], [2, 3])),
        .throwing(
            "bias of another length", "op.shape", "BiasGelu", domain: microsoft,
            [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3]), f([1, 2])]),
        .throwing(
            "no bias", "op.arity", "BiasGelu", domain: microsoft, [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
