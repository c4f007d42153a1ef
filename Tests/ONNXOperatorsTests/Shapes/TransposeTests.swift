// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct TransposeTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("perm", "op.axis", "Transpose", ["perm": .ints([0, 0])], [six]),
        .gives("of a scalar", "Transpose", [scalar(Float(1))], scalar(Float(1))),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
