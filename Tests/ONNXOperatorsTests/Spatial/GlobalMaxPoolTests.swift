// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct GlobalMaxPoolTests {
    static let cases: [OperatorCase] = [
        .gives("global maximum", "GlobalMaxPool", [f([1, 5, 3], [1, 1, 3])], f([5], [1, 1, 1]))
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
