// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct PowTests {
    static let cases: [OperatorCase] = [
        .gives(
            "negative exponents", "Pow", [i64([2, 1, -1, 0, -1]), i64([-1, -5, -3, -1, -2])],
            i64([0, 1, -1, 0, 1])),
        .gives("power wraps", "Pow", [i64([2]), i64([64])], i64([0])),
        .gives("int to a float power", "Pow", [t([Int32(4)]), f([0.5])], t([Int32(2)])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
