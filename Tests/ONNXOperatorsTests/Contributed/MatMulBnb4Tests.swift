// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct MatMulBnb4Tests {
    static let cases: [OperatorCase] = [
        .near(
            "NF4", "MatMulBnb4", domain: microsoft,
            ["K": .int(16), "N": .int(1), "block_size": .int(16), "quant_type": .int(1)],
            [
                f(
                    [
                        -1, -0.8666667, -0.73333335, -0.6, -0.46666667, -0.33333334, -0.2, -0.06666667,
                        0.06666667, 0.2, 0.33333334, 0.46666667, 0.6, 0.73333335, 0.8666667, 1,
                    ], [1, 16]), t([UInt8(31), 160, 115, 92, 31, 160, 115, 92]), f([2]),
            ], f([0.29636317], [1, 1])),
        .near(
            "FP4", "MatMulBnb4", domain: microsoft,
            ["K": .int(16), "N": .int(1), "block_size": .int(16), "quant_type": .int(0)],
            [
                f(
                    [
                        -1, -0.8666667, -0.73333335, -0.6, -0.46666667, -0.33333334, -0.2, -0.06666667,
                        0.06666667, 0.2, 0.33333334, 0.46666667, 0.6, 0.73333335, 0.8666667, 1,
                    ], [1, 16]), t([UInt8(31), 160, 115, 92, 31, 160, 115, 92]), f([0.5]),
            ], f([0.4420139], [1, 1])),
        .near(
            "no rows", "MatMulBnb4", domain: microsoft,
            ["K": .int(16), "N": .int(1), "block_size": .int(16), "quant_type": .int(1)],
            [f([], [0, 16]), t([UInt8(31), 160, 115, 92, 31, 160, 115, 92]), f([2])], f([], [0, 1])),
        .throwing(
            "B too short", "op.shape", "MatMulBnb4", domain: microsoft,
            ["K": .int(16), "N": .int(1), "block_size": .int(16), "quant_type": .int(1)],
            [
                f([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [1, 16]),
                t([UInt8(31), 160, 115, 92, 31, 160, 115]), f([2]),
            ]),
        .throwing(
            "quant_type", "attr.value", "MatMulBnb4", domain: microsoft,
            ["K": .int(16), "N": .int(1), "block_size": .int(16), "quant_type": .int(2)],
            [
                f([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [1, 16]),
                t([UInt8(31), 160, 115, 92, 31, 160, 115, 92]), f([2]),
            ]),
        .throwing(
            "K and N beyond 64 bits", "tensor.overflow", "MatMulBnb4", domain: microsoft,
            [
                "K": .int(4_611_686_018_427_387_904), "N": .int(4_611_686_018_427_387_904),
                "block_size": .int(16), "quant_type": .int(1),
            ],
            [
                f([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [1, 16]),
                t([UInt8(31), 160, 115, 92, 31, 160, 115, 92]), f([2]),
            ]),
        .throwing(
            "block_size", "attr.value", "MatMulBnb4", domain: microsoft,
            ["K": .int(16), "N": .int(1), "block_size": .int(8), "quant_type": .int(1)],
            [
                f([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [1, 16]),
                t([UInt8(31), 160, 115, 92, 31, 160, 115, 92]), f([2]),
            ]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
