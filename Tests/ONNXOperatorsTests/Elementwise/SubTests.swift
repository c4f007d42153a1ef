// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct SubTests {
    static let cases: [OperatorCase] = [
        .gives("difference wraps", "Sub", [t([UInt8(0)]), t([UInt8(1)])], t([UInt8(255)]))
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
