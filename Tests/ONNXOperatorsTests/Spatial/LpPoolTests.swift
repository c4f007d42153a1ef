// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct LpPoolTests {
    static let cases: [OperatorCase] = [
        .throwing(
            "p", "attr.value", "LpPool", ["kernel_shape": .ints([1]), "p": .int(0)], [f([1], [1, 1, 1])])
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
