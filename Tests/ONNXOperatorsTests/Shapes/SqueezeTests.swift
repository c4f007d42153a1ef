// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct SqueezeTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("not 1", "op.shape", "Squeeze", [six, i64([0])])
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
