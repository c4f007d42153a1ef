// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ConvIntegerTests {
    static let cases: [OperatorCase] = [
        .gives(
            "zero point", "ConvInteger",
            [
                t([UInt8(1), 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]), t([UInt8(1), 2, 3, 250], [1, 1, 2, 2]),
                scalar(UInt8(1)),
            ], t([Int32(1011), 1267, 1779, 2035], [1, 1, 2, 2])),
        .gives(
            "zero points by channel", "ConvInteger",
            [
                t([UInt8(1), 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]),
                t([UInt8(1), 2, 3, 250, 1, 2, 3, 250], [2, 1, 2, 2]), nil, t([UInt8(1), 2]),
            ], t([Int32(1255), 1507, 2011, 2263, 1243, 1491, 1987, 2235], [1, 2, 2, 2])),
        .gives(
            "no batch", "ConvInteger",
            [t([UInt8](), [0, 1, 2, 2]), t([UInt8(1), 2, 3, 250], [1, 1, 2, 2])], t([Int32](), [0, 1, 1, 1])),
        .throwing(
            "zero points", "op.shape", "ConvInteger",
            [
                t([UInt8(1), 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]), t([UInt8(1), 2, 3, 250], [1, 1, 2, 2]),
                nil, t([UInt8(1), 2]),
            ]),
        .throwing(
            "floats", "tensor.dtype_unsupported", "ConvInteger",
            [f([1, 1, 1, 1], [1, 1, 2, 2]), f([1, 1, 1, 1], [1, 1, 2, 2])]),
        .throwing(
            "window too wide", "op.shape", "ConvInteger",
            [t([UInt8(1), 2, 3], [1, 1, 1, 3]), t([UInt8(1), 2, 3, 250], [1, 1, 2, 2])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
