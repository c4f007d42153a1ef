// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct DynamicQuantizeMatMulTests {
    static let cases: [OperatorCase] = [
        .near(
            "columns", "DynamicQuantizeMatMul", domain: microsoft,
            [f([1, -2, 0.5, 4], [2, 2]), t([UInt8(10), 200, 3, 128], [2, 2]), f([0.01, 0.02])],
            f([0.03882353, -1.1670588, 0.16941176, 12.216471], [2, 2])),
        .near(
            "no rows", "DynamicQuantizeMatMul", domain: microsoft,
            [f([], [0, 2]), t([UInt8(10), 200, 3, 128], [2, 2]), f([0.01, 0.02])], f([], [0, 2])),
        .throwing(
            "inner dimensions", "op.shape", "DynamicQuantizeMatMul", domain: microsoft,
            [f([1], [1, 1]), t([UInt8(10), 200, 3, 128], [2, 2]), f([0.01, 0.02])]),
        .throwing(
            "scale", "op.shape", "DynamicQuantizeMatMul", domain: microsoft,
            [f([1, 2], [1, 2]), t([UInt8(10), 200, 3, 128], [2, 2]), f([0.01, 0.02, 0.03])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
