// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct DequantizeLinearTests {
    static let cases: [OperatorCase] = [
        .gives(
            "by tensor", "DequantizeLinear", [t([UInt8(0), 3, 255]), scalar(Float(0.5)), scalar(UInt8(3))],
            f([-1.5, 0, 126])),
        .gives(
            "by axis", "DequantizeLinear", ["axis": .int(0)],
            [t([Int8(1), -2, 3, 4], [2, 2]), f([0.5, 2]), t([Int8(1), 0])], f([0, -1.5, 6, 8], [2, 2])),
        .gives(
            "by block", "DequantizeLinear", ["axis": .int(1), "block_size": .int(2)],
            [t([Int8(1), 2, 3, 4], [1, 4]), f([2, 10], [1, 2]), nil], f([2, 4, 30, 40], [1, 4])),
        .gives("no elements", "DequantizeLinear", [t([Int8](), [0, 2]), scalar(Float(1))], f([], [0, 2])),
        .gives("rank 0", "DequantizeLinear", [scalar(Int32(7)), scalar(Float(0.25))], scalar(Float(1.75))),
        .throwing(
            "scale", "op.shape", "DequantizeLinear", ["axis": .int(1)],
            [t([Int8(1), 2], [1, 2]), f([1, 2, 3])]),
        .throwing("floats", "tensor.dtype_unsupported", "DequantizeLinear", [f([1]), f([1])]),
        .throwing(
            "block < 0", "op.attr", "DequantizeLinear", ["block_size": .int(-1)], [t([Int8(1)]), f([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
