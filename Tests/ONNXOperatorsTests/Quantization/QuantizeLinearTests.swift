// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct QuantizeLinearTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing(
            "block", "op.shape", "QuantizeLinear", ["block_size": .int(2)], [six, f([1, 1], [2, 1])]),
        .throwing("block < 0", "op.attr", "QuantizeLinear", ["block_size": .int(-2)], [six, f([1])]),
        .gives(
            "NaN and infinities", "QuantizeLinear", [f([.nan, .infinity, -.infinity]), scalar(Float(1))],
            t([UInt8(0), 255, 0])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
