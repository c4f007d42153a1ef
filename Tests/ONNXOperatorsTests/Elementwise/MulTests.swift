// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct MulTests {
    static let cases: [OperatorCase] = [
        .gives("product wraps", "Mul", [i64([.max]), i64([2])], i64([-2])),
        .gives("scalar", "Mul", [scalar(Float(3)), f([1, 2])], f([3, 6])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
