// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ConvTests {
    static let cases: [OperatorCase] = [
        .gives(
            "one dimension", "Conv", [f([1, 2, 3, 4], [1, 1, 4]), f([1, -1], [1, 1, 2])],
            f([-1, -1, -1], [1, 1, 3])),
        .gives(
            "groups, bias", "Conv", ["group": .int(2), "kernel_shape": .ints([1])],
            [f([1, 2, 3, 4], [1, 2, 2]), f([10, 100], [2, 1, 1]), f([1, 2])],
            f([11, 21, 302, 402], [1, 2, 2])),
        .gives(
            "padding on both sides", "Conv", ["pads": .ints([1, 1]), "strides": .ints([2])],
            [f([1, 2, 3], [1, 1, 3]), f([1, 1, 1], [1, 1, 3])], f([3, 5], [1, 1, 2])),
        .gives("no batch", "Conv", [f([], [0, 1, 4]), f([1, 1], [1, 1, 2])], f([], [0, 1, 3])),
        .throwing("window too wide", "op.shape", "Conv", [f([1], [1, 1, 1]), f([1, 1], [1, 1, 2])]),
        .throwing("an empty axis", "op.shape", "Conv", [f([], [1, 1, 0]), f([1], [1, 1, 1])]),
        .throwing("channels", "op.shape", "Conv", [f([1, 2], [1, 2, 1]), f([1], [1, 1, 1])]),
        .throwing("rank 0", "op.shape", "Conv", [scalar(Float(1)), scalar(Float(1))]),
        .throwing(
            "stride 0", "attr.value", "Conv", ["strides": .ints([0])],
            [f([1], [1, 1, 1]), f([1], [1, 1, 1])]),
        .throwing(
            "huge dilation", "attr.value", "Conv", ["dilations": .ints([.max])],
            [f([1], [1, 1, 1]), f([1], [1, 1, 1])]),
        .throwing(
            "negative pads", "attr.value", "Conv", ["pads": .ints([-1, 0])],
            [f([1], [1, 1, 1]), f([1], [1, 1, 1])]),
        .throwing(
            "pads", "op.shape", "Conv", ["pads": .ints([1])], [f([1], [1, 1, 1]), f([1], [1, 1, 1])]),
        .throwing(
            "ceil_mode", "op.attribute_unsupported", "Conv", ["ceil_mode": .int(1)],
            [f([1], [1, 1, 1]), f([1], [1, 1, 1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
