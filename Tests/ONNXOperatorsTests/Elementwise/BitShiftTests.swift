// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct BitShiftTests {
    static let cases: [OperatorCase] = [
        .gives(
            "shift by the width", "BitShift", ["direction": .string("LEFT")],
            [t([UInt8(255), 1]), t([UInt8(8), 7])], t([UInt8(0), 128])),
        .gives(
            "shift by more", "BitShift", ["direction": .string("RIGHT")], [t([UInt64(1)]), t([UInt64.max])],
            t([UInt64(0)])),
        .throwing(
            "direction", "attr.value", "BitShift", ["direction": .string("UP")],
            [t([UInt8(1)]), t([UInt8(1)])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
