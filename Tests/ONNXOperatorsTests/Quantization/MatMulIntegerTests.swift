// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct MatMulIntegerTests {
    static let cases: [OperatorCase] = [
        .gives(
            "zero points", "MatMulInteger",
            [
                t([UInt8(1), 2, 3, 4], [2, 2]), t([UInt8(5), 6], [2, 1]), scalar(UInt8(1)), scalar(UInt8(5)),
            ], t([Int32(1), 3], [2, 1])),
        .gives(
            "signed", "MatMulInteger", [t([Int8(-128), 127], [1, 2]), t([Int8(-128), 127], [2, 1])],
            t([Int32(32513)], [1, 1])),
        .gives(
            "K = 0", "MatMulInteger", [t([UInt8](), [2, 0]), t([UInt8](), [0, 1])], t([Int32(0), 0], [2, 1])),
        .gives(
            "no rows", "MatMulInteger", [t([UInt8](), [0, 2]), t([UInt8(0), 0], [2, 1])],
            t([Int32](), [0, 1])),
        .throwing(
            "inner dimensions", "op.shape", "MatMulInteger",
            [t([UInt8(1)], [1, 1]), t([UInt8(1), 2], [2, 1])]),
        .throwing("floats", "tensor.dtype_unsupported", "MatMulInteger", [f([1], [1, 1]), f([1], [1, 1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
