// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct SplitTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("sum", "op.shape", "Split", ["axis": .int(1)], [six, i64([1, 1])], outputs: 2),
        .throwing(
            "negative piece", "op.shape", "Split", ["axis": .int(1)], [six, i64([4, -1])], outputs: 2),
        .gives("uneven", "Split", ["axis": .int(1)], [six, i64([3])], six),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
