// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ConcatTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("axis", "op.axis", "Concat", ["axis": .int(2)], [six, six]),
        .throwing("lengths differ", "op.shape", "Concat", ["axis": .int(0)], [six, f([1, 2], [1, 2])]),
        .throwing("ranks differ", "op.shape", "Concat", ["axis": .int(0)], [six, f([1, 2, 3])]),
        .gives("with an empty one", "Concat", ["axis": .int(0)], [f([], [0, 3]), six], six),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
