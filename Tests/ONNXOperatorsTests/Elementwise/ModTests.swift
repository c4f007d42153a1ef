// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ModTests {
    static let cases: [OperatorCase] = [
        .throwing("int mod zero", "op.div_zero", "Mod", [t([Int32(5)]), t([Int32(0)])]),
        .throwing("int fmod zero", "op.div_zero", "Mod", ["fmod": .int(1)], [t([UInt8(5)]), t([UInt8(0)])]),
        .gives("min mod -1", "Mod", [i64([.min]), i64([-1])], i64([0])),
        .gives("sign of the divisor", "Mod", [i64([-7, 7, -6]), i64([3, -3, 3])], i64([2, -2, 0])),
        .gives(
            "sign of the dividend", "Mod", ["fmod": .int(1)], [i64([-7, 7]), i64([3, -3])], i64([-1, 1])),
        .throwing("float mod without fmod", "op.attr", "Mod", [f([1]), f([2])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
