// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct SliceTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("step 0", "op.attr", "Slice", [six, i64([0]), i64([1]), i64([0]), i64([0])]),
        .throwing("axis twice", "op.axis", "Slice", [six, i64([0, 0]), i64([1, 1]), i64([0, -2])]),
        .throwing("counts differ", "op.shape", "Slice", [six, i64([0]), i64([1, 2])]),
        .gives("clamped", "Slice", [six, i64([.min]), i64([.max]), i64([1])], six),
        .gives(
            "backwards, clamped", "Slice", [six, i64([.max]), i64([.min]), i64([1]), i64([-1])],
            f([2, 1, 0, 5, 4, 3], [2, 3])),
        .gives(
            "step of the least integer", "Slice", [six, i64([2]), i64([.min]), i64([1]), i64([.min])],
            f([2, 5], [2, 1])),
        .gives("nothing", "Slice", [six, i64([2]), i64([1]), i64([1])], f([], [2, 0])),
        .gives("of an empty axis", "Slice", [f([], [2, 0]), i64([0]), i64([5]), i64([1])], f([], [2, 0])),
        .gives(
            "attributes before 10", "Slice", version: 9,
            ["starts": .ints([1]), "ends": .ints([3]), "axes": .ints([1])], [six], f([1, 2, 4, 5], [2, 2])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
