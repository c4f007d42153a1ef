// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct CastTests {
    static let cases: [OperatorCase] = [
        .gives(
            "float to int64", "Cast", ["to": .int(7)], [f([.nan, .infinity, -.infinity, 1e30, -1.9])],
            i64([0, .max, .min, .max, -1])),
        .gives("float to int8", "Cast", ["to": .int(3)], [f([300, -300, 1.9])], t([Int8(127), -128, 1])),
        .gives("float to uint8", "Cast", ["to": .int(2)], [f([-1, 256, .nan])], t([UInt8(0), 255, 0])),
        .gives("double to uint64", "Cast", ["to": .int(13)], [t([1e30, -1.0])], t([UInt64.max, 0])),
        .gives(
            "uint64 to float", "Cast", ["to": .int(1)], [t([UInt64.max])], f([18_446_744_073_709_551_616])),
        .gives(
            "int64 to int8 keeps low bits", "Cast", ["to": .int(3)], [i64([257, -129])], t([Int8(1), 127])),
        .gives(
            "to bool", "Cast", ["to": .int(9)], [f([0, -0.0, 0.1, .nan])], t([false, false, true, true])),
        .gives("empty", "Cast", ["to": .int(7)], [f([], [0, 3])], i64([], [0, 3])),
        .throwing("unknown type", "attr.value", "Cast", ["to": .int(99)], [f([1])]),
        .throwing("no type", "attr.missing", "Cast", [f([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
