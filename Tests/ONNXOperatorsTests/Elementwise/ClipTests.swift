// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ClipTests {
    static let cases: [OperatorCase] = [
        .gives("clip, low above high", "Clip", [f([1, 5]), scalar(Float(4)), scalar(Float(2))], f([2, 2])),
        .throwing("bound of two", "op.shape", "Clip", [f([1]), f([1, 2])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
