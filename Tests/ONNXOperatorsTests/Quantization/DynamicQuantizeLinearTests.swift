// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct DynamicQuantizeLinearTests {
    static let cases: [OperatorCase] = [
        .gives("of zeros", "DynamicQuantizeLinear", [f([0, 0])], t([UInt8(0), 0]), outputs: 3)
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
