// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ReverseSequenceTests {
    static let cases: [OperatorCase] = [
        .gives(
            "time first", "ReverseSequence", [f([0, 1, 2, 3, 4, 5], [3, 2]), i64([3, 2])],
            f([4, 3, 2, 1, 0, 5], [3, 2])),
        .gives(
            "batch first", "ReverseSequence", ["batch_axis": .int(0), "time_axis": .int(1)],
            [f([0, 1, 2, 3, 4, 5], [3, 2]), i64([1, 2, 0])], f([0, 1, 3, 2, 4, 5], [3, 2])),
        .gives("no elements", "ReverseSequence", [f([], [0, 2]), i64([0, 0])], f([], [0, 2])),
        .throwing(
            "too long", "op.range", "ReverseSequence", [f([0, 1, 2, 3, 4, 5], [3, 2]), i64([4, 1])]),
        .throwing(
            "negative", "op.range", "ReverseSequence", [f([0, 1, 2, 3, 4, 5], [3, 2]), i64([-1, 1])]),
        .throwing("lengths", "op.shape", "ReverseSequence", [f([0, 1, 2, 3, 4, 5], [3, 2]), i64([1])]),
        .throwing("one axis", "op.shape", "ReverseSequence", [f([1, 2]), i64([1])]),
        .throwing(
            "axes", "attr.value", "ReverseSequence", ["time_axis": .int(1), "batch_axis": .int(1)],
            [f([0, 1, 2, 3, 4, 5], [3, 2]), i64([1, 1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
