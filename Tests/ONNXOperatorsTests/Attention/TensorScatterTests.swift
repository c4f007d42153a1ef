// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct TensorScatterTests {
    static let cases: [OperatorCase] = [
        .throwing(
            "row beyond the end", "op.index", "TensorScatter", version: 24,
            [f([0, 0], [1, 2, 1]), f([1], [1, 1, 1]), i64([2])]),
        .throwing(
            "wraps round", "op.index", "TensorScatter", version: 24, ["mode": .string("circular")],
            [f([0, 0], [1, 2, 1]), f([1], [1, 1, 1]), i64([-1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
