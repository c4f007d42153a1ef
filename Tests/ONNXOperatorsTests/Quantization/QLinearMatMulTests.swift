// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct QLinearMatMulTests {
    static let cases: [OperatorCase] = [
        .gives(
            "scalars", "QLinearMatMul",
            [
                t([UInt8(1), 200, 3, 4], [2, 2]), scalar(Float(0.1)), scalar(UInt8(3)),
                t([UInt8(5), 6, 7, 250], [2, 2]), scalar(Float(0.2)), scalar(UInt8(100)), scalar(Float(0.5)),
                scalar(UInt8(128)),
            ], t([UInt8(0), 255, 124, 134], [2, 2])),
        .gives(
            "by row and column", "QLinearMatMul",
            [
                t([Int8(1), -100, 3, 4], [2, 2]), f([0.1, 0.3]), t([Int8(3), -1]),
                t([Int8(5), 6, 7, -125], [2, 2]), f([0.2, 0.05]), t([Int8(10), -20]), scalar(Float(0.5)),
                scalar(Int8(-3)),
            ], t([Int8(10), 105, -7, -16], [2, 2])),
        .gives(
            "by row and column in two dimensions", "QLinearMatMul",
            [
                t([Int8(1), -100, 3, 4], [2, 2]), f([0.1, 0.3], [2, 1]), t([Int8(3), -1], [2, 1]),
                t([Int8(5), 6, 7, -125], [2, 2]), f([0.2, 0.05], [1, 2]), t([Int8(10), -20], [1, 2]),
                scalar(Float(0.5)), scalar(Int8(-3)),
            ], t([Int8(10), 105, -7, -16], [2, 2])),
        .gives(
            "K = 0", "QLinearMatMul",
            [
                t([UInt8](), [1, 0]), scalar(Float(1)), scalar(UInt8(0)), t([UInt8](), [0, 2]),
                scalar(Float(1)), scalar(UInt8(0)), scalar(Float(1)), scalar(UInt8(7)),
            ], t([UInt8(7), 7], [1, 2])),
        .gives(
            "no rows", "QLinearMatMul",
            [
                t([UInt8](), [0, 2]), scalar(Float(1)), scalar(UInt8(0)), t([UInt8(0), 0], [2, 1]),
                scalar(Float(1)), scalar(UInt8(0)), scalar(Float(1)), scalar(UInt8(7)),
            ], t([UInt8](), [0, 1])),
        .throwing(
            "inner dimensions", "op.shape", "QLinearMatMul",
            [
                t([UInt8(1)], [1, 1]), scalar(Float(1)), scalar(UInt8(0)), t([UInt8(1), 2], [2, 1]),
                scalar(Float(1)), scalar(UInt8(0)), scalar(Float(1)), scalar(UInt8(0)),
            ]),
        .throwing(
            "scale of three", "op.broadcast", "QLinearMatMul",
            [
                t([UInt8(1), 200, 3, 4], [2, 2]), f([1, 2, 3]), scalar(UInt8(3)),
                t([UInt8(5), 6, 7, 250], [2, 2]), scalar(Float(0.2)), scalar(UInt8(100)), scalar(Float(0.5)),
                scalar(UInt8(128)),
            ]),
        .throwing(
            "zero point of another type", "op.type_mismatch", "QLinearMatMul",
            [
                t([UInt8(1), 200, 3, 4], [2, 2]), scalar(Float(0.1)), scalar(Int8(3)),
                t([UInt8(5), 6, 7, 250], [2, 2]), scalar(Float(0.2)), scalar(UInt8(100)), scalar(Float(0.5)),
                scalar(UInt8(128)),
            ]),
        .throwing(
            "y_scale by column", "op.shape", "QLinearMatMul",
            [
                t([UInt8(1), 200, 3, 4], [2, 2]), scalar(Float(0.1)), scalar(UInt8(3)),
                t([UInt8(5), 6, 7, 250], [2, 2]), scalar(Float(0.2)), scalar(UInt8(100)), f([1, 2]),
                scalar(UInt8(128)),
            ]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
