// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct GlobalAveragePoolTests {
    static let cases: [OperatorCase] = [
        .gives("global mean", "GlobalAveragePool", [f([1, 5, 3], [1, 1, 3])], f([3], [1, 1, 1]))
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
