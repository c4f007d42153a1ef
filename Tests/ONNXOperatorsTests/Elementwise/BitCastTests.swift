// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct BitCastTests {
    static let cases: [OperatorCase] = [
        .gives(
            "float to int32", "BitCast", version: 26, ["to": .int(6)], [f([1, -0.0, .nan])],
            t([Int32(1_065_353_216), -2_147_483_648, 2_143_289_344])),
        .gives(
            "int64 to double", "BitCast", version: 26, ["to": .int(11)],
            [i64([0, 4_607_182_418_800_017_408])], t([0.0, 1.0])),
        .gives(
            "bytes", "BitCast", version: 26, ["to": .int(3)], [t([UInt8(255), 128])], t([Int8(-1), -128])),
        .gives(
            "no elements", "BitCast", version: 26, ["to": .int(6)], [f([], [0, 2])], t([Int32](), [0, 2])),
        .gives(
            "rank 0", "BitCast", version: 26, ["to": .int(12)], [scalar(Float(2))],
            scalar(UInt32(1_073_741_824))),
        .throwing("another width", "op.type_mismatch", "BitCast", version: 26, ["to": .int(7)], [f([1])]),
        .throwing("no type", "attr.missing", "BitCast", version: 26, [f([1])]),
        .throwing("unknown type", "attr.value", "BitCast", version: 26, ["to": .int(99)], [f([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
