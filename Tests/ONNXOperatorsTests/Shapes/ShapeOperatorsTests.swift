// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ShapeOperatorsTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("two -1", "op.shape", "Reshape", [six, i64([-1, -1])]),
        .throwing("product differs", "op.shape", "Reshape", [six, i64([4, 2])]),
        .throwing("no multiple", "op.shape", "Reshape", [six, i64([4, -1])]),
        .throwing("-2", "op.shape", "Reshape", [six, i64([-2, 3])]),
        .throwing("0 beyond the rank", "op.shape", "Reshape", [six, i64([6, 1, 0])]),
        .throwing("0 with allowzero", "op.shape", "Reshape", ["allowzero": .int(1)], [six, i64([0, 3])]),
        .throwing("enormous", "tensor.overflow", "Reshape", [six, i64([.max, .max])]),
        .gives("0 copies", "Reshape", [six, i64([0, -1])], six),
        .gives("empty stays empty", "Reshape", [f([], [0, 3]), i64([3, -1])], f([], [3, 0])),
        .throwing("axis", "op.axis", "Concat", ["axis": .int(2)], [six, six]),
        .throwing("lengths differ", "op.shape", "Concat", ["axis": .int(0)], [six, f([1, 2], [1, 2])]),
        .throwing("ranks differ", "op.shape", "Concat", ["axis": .int(0)], [six, f([1, 2, 3])]),
        .gives("with an empty one", "Concat", ["axis": .int(0)], [f([], [0, 3]), six], six),
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
        .throwing("sum", "op.shape", "Split", ["axis": .int(1)], [six, i64([1, 1])], outputs: 2),
        .throwing(
            "negative piece", "op.shape", "Split", ["axis": .int(1)], [six, i64([4, -1])], outputs: 2),
        .gives("uneven", "Split", ["axis": .int(1)], [six, i64([3])], six),
        .throwing("to 2^40", "run.budget", "Expand", [f([1]), i64([1 << 40])]),
        .throwing("negative", "tensor.negative_dim", "Expand", [f([1]), i64([-1])]),
        .throwing("to 2^40", "run.budget", "Tile", [f([1]), i64([1 << 40])]),
        .throwing("beyond 64 bits", "tensor.overflow", "Tile", [f([1, 2]), i64([.max])]),
        .throwing("negative repeats", "op.shape", "Tile", [f([1]), i64([-1])]),
        .gives("no repeats", "Tile", [six, i64([0, 2])], f([], [0, 6])),
        .throwing("2^62 elements", "tensor.overflow", "ConstantOfShape", [i64([1 << 31, 1 << 33])]),
        .throwing("2^40 elements", "run.budget", "ConstantOfShape", [i64([1 << 20, 1 << 20])]),
        .throwing("negative", "tensor.negative_dim", "ConstantOfShape", [i64([-1])]),
        .throwing("perm", "op.axis", "Transpose", ["perm": .ints([0, 0])], [six]),
        .gives("of a scalar", "Transpose", [scalar(Float(1))], scalar(Float(1))),
        .throwing("not 1", "op.shape", "Squeeze", [six, i64([0])]),
        .throwing("axis twice", "op.axis", "Unsqueeze", [six, i64([0, -4])]),
        .throwing("axis", "op.axis", "Unsqueeze", [six, i64([3])]),
        .gives(
            "reflected far", "Pad", ["mode": .string("reflect")], [f([1, 2, 3]), i64([5, 0])],
            f([2, 1, 2, 3, 2, 1, 2, 3])),
        .gives("taken away", "Pad", [f([1, 2, 3]), i64([-1, -1])], f([2])),
        .throwing("taken too much", "op.shape", "Pad", [f([1, 2, 3]), i64([-2, -2])]),
        .throwing(
            "edge of nothing", "op.shape", "Pad", ["mode": .string("edge")], [f([], [0]), i64([1, 0])]),
        .throwing("2^63", "op.shape", "Pad", [f([1]), i64([.max, .max])]),
        .throwing("mode", "attr.value", "Pad", ["mode": .string("what")], [f([1]), i64([1, 1])]),
        .gives("diagonal far off", "Trilu", [six, scalar(Int64.max)], f([0, 0, 0, 0, 0, 0], [2, 3])),
        .gives("diagonal far below", "Trilu", [six, scalar(Int64.min)], six),
        .throwing("vector", "op.shape", "Trilu", [f([1, 2])]),
        .throwing("step 0", "op.attr", "Range", [scalar(Int64(0)), scalar(Int64(5)), scalar(Int64(0))]),
        .throwing("NaN", "op.attr", "Range", [scalar(Float.nan), scalar(Float(5)), scalar(Float(1))]),
        .throwing(
            "10^12 steps", "run.budget", "Range",
            [scalar(Int64(0)), scalar(Int64(1_000_000_000_000)), scalar(Int64(1))]),
        .throwing(
            "2^64 apart", "tensor.overflow", "Range",
            [scalar(Int64.min), scalar(Int64.max), scalar(Int64(1))]),
        .gives("down", "Range", [scalar(Int64(5)), scalar(Int64(0)), scalar(Int64(-2))], i64([5, 3, 1])),
        .gives("none", "Range", [scalar(Int64(5)), scalar(Int64(0)), scalar(Int64(1))], i64([])),
    ]

    @Test(arguments: cases) func shapes(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
