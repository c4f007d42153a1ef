// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct GatherElementsTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("index", "op.index", "GatherElements", [six, i64([2, 0, 0], [1, 3])]),
        .throwing("too wide", "op.shape", "GatherElements", [six, i64([0, 0, 0, 0], [1, 4])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
