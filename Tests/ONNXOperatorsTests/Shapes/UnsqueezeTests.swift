// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct UnsqueezeTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("axis twice", "op.axis", "Unsqueeze", [six, i64([0, -4])]),
        .throwing("axis", "op.axis", "Unsqueeze", [six, i64([3])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
