// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct IdentityTests {
    static let cases: [OperatorCase] = [
        .gives("as it is", "Identity", [f([.nan, -0.0])], f([.nan, -0.0])),
        .gives("rank 0", "Identity", [scalar(true)], scalar(true)),
        .gives("no elements", "Identity", [i64([], [2, 0])], i64([], [2, 0])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
