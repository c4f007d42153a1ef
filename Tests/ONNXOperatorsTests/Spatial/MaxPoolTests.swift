// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct MaxPoolTests {
    static let cases: [OperatorCase] = [
        .gives(
            "maximum", "MaxPool", ["kernel_shape": .ints([2])], [f([1, 3, 2], [1, 1, 3])],
            f([3, 3], [1, 1, 2])),
        .gives(
            "NaN wins", "MaxPool", ["kernel_shape": .ints([2])], [f([1, .nan, 2], [1, 1, 3])],
            f([.nan, .nan], [1, 1, 2])),
        .gives(
            "minus infinity", "MaxPool", ["kernel_shape": .ints([1])], [f([-.infinity], [1, 1, 1])],
            f([-.infinity], [1, 1, 1])),
        .gives(
            "uint8", "MaxPool", ["kernel_shape": .ints([2])], [t([UInt8(0), 255, 7], [1, 1, 3])],
            t([UInt8(255), 255], [1, 1, 2])),
        .throwing(
            "a vast window in padding", "op.shape", "MaxPool",
            ["kernel_shape": .ints([1 << 30]), "pads": .ints([0, 0])], [f([1], [1, 1, 1])]),
        .gives(
            "a vast window over one element", "MaxPool",
            [
                "kernel_shape": .ints([1 << 30, 1 << 30]),
                "pads": .ints([(1 << 30) - 1, (1 << 30) - 1, 0, 0]),
            ], [f([7], [1, 1, 1, 1])], f([7], [1, 1, 1, 1])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
