// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

/// Windows at their edges; ONNX's own cases say what they compute.
@Suite struct SpatialTests {
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
        .gives(
            "mean without padding", "AveragePool", ["kernel_shape": .ints([2]), "pads": .ints([1, 0])],
            [f([2, 4], [1, 1, 2])], f([2, 3], [1, 1, 2])),
        .gives(
            "mean with padding", "AveragePool",
            ["kernel_shape": .ints([2]), "pads": .ints([1, 0]), "count_include_pad": .int(1)],
            [f([2, 4], [1, 1, 2])], f([1, 3], [1, 1, 2])),
        .throwing("no kernel", "op.shape", "AveragePool", [f([1], [1, 1, 1])]),
        .gives("global mean", "GlobalAveragePool", [f([1, 5, 3], [1, 1, 3])], f([3], [1, 1, 1])),
        .gives("global maximum", "GlobalMaxPool", [f([1, 5, 3], [1, 1, 3])], f([5], [1, 1, 1])),
        .throwing(
            "p", "attr.value", "LpPool", ["kernel_shape": .ints([1]), "p": .int(0)], [f([1], [1, 1, 1])]),
    ]

    @Test(arguments: cases) func edges(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
