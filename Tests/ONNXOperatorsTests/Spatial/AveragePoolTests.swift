// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct AveragePoolTests {
    static let cases: [OperatorCase] = [
        .gives(
            "mean without padding", "AveragePool", ["kernel_shape": .ints([2]), "pads": .ints([1, 0])],
            [f([2, 4], [1, 1, 2])], f([2, 3], [1, 1, 2])),
        .gives(
            "mean with padding", "AveragePool",
            ["kernel_shape": .ints([2]), "pads": .ints([1, 0]), "count_include_pad": .int(1)],
            [f([2, 4], [1, 1, 2])], f([1, 3], [1, 1, 2])),
        .throwing("no kernel", "op.shape", "AveragePool", [f([1], [1, 1, 1])]),
        .throwing(
            "a vast window in padding", "op.shape", "AveragePool",
            ["kernel_shape": .ints([1 << 30]), "pads": .ints([0, 0])], [f([1], [1, 1, 1])]),
        .gives(
            "a vast window over one element", "AveragePool",
            [
                "kernel_shape": .ints([1 << 30, 1 << 30]),
                "pads": .ints([(1 << 30) - 1, (1 << 30) - 1, 0, 0]),
            ], [f([7], [1, 1, 1, 1])], f([7], [1, 1, 1, 1])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
