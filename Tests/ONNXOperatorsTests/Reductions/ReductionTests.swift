// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

/// What the reductions make of rows, of nothing and of single numbers.
///
/// Operators: ReduceL1, ReduceL2, ReduceLogSum, ReduceLogSumExp, ReduceMax, ReduceMean, ReduceMin,
/// ReduceProd, ReduceSum, ReduceSumSquare.
@Suite struct ReductionTests {
    static let cases: [OperatorCase] = [
        .gives(
            "last axis", "ReduceL1", ["keepdims": .int(0)], [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([-1])],
            f([6, 15])),
        .gives("all", "ReduceL1", [f([1, 2, 3, 4, 5, 6], [2, 3])], f([21], [1, 1])),
        .gives("rank 0", "ReduceL1", [scalar(Float(2))], scalar(Float(2))),
        .gives("of an empty axis", "ReduceL1", [f([], [2, 0]), i64([-1])], f([0, 0], [2, 1])),
        .gives("no elements left", "ReduceL1", [f([], [0, 3]), i64([-1])], f([], [0, 1])),
        .throwing("axis", "op.axis", "ReduceL1", [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([2])]),
        .near(
            "last axis", "ReduceL2", ["keepdims": .int(0)], [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([-1])],
            f([3.7416575, 8.774964])),
        .near("all", "ReduceL2", [f([1, 2, 3, 4, 5, 6], [2, 3])], f([9.539392], [1, 1])),
        .near("rank 0", "ReduceL2", [scalar(Float(2))], scalar(Float(2))),
        .near("of an empty axis", "ReduceL2", [f([], [2, 0]), i64([-1])], f([0, 0], [2, 1])),
        .near("no elements left", "ReduceL2", [f([], [0, 3]), i64([-1])], f([], [0, 1])),
        .throwing("axis", "op.axis", "ReduceL2", [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([2])]),
        .near(
            "last axis", "ReduceLogSum", ["keepdims": .int(0)], [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([-1])],
            f([1.7917595, 2.7080503])),
        .near("all", "ReduceLogSum", [f([1, 2, 3, 4, 5, 6], [2, 3])], f([3.0445225], [1, 1])),
        .near("rank 0", "ReduceLogSum", [scalar(Float(2))], scalar(Float(0.6931472))),
        .near(
            "of an empty axis", "ReduceLogSum", [f([], [2, 0]), i64([-1])],
            f([-.infinity, -.infinity], [2, 1])),
        .near("no elements left", "ReduceLogSum", [f([], [0, 3]), i64([-1])], f([], [0, 1])),
        .throwing("axis", "op.axis", "ReduceLogSum", [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([2])]),
        .near(
            "last axis", "ReduceLogSumExp", ["keepdims": .int(0)],
            [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([-1])], f([3.4076061, 6.407606])),
        .near("all", "ReduceLogSumExp", [f([1, 2, 3, 4, 5, 6], [2, 3])], f([6.4561934], [1, 1])),
        .near("rank 0", "ReduceLogSumExp", [scalar(Float(2))], scalar(Float(2))),
        .near(
            "of an empty axis", "ReduceLogSumExp", [f([], [2, 0]), i64([-1])],
            f([-.infinity, -.infinity], [2, 1])),
        .near("no elements left", "ReduceLogSumExp", [f([], [0, 3]), i64([-1])], f([], [0, 1])),
        .throwing("axis", "op.axis", "ReduceLogSumExp", [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([2])]),
        .gives(
            "last axis", "ReduceMax", ["keepdims": .int(0)], [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([-1])],
            f([3, 6])),
        .gives("all", "ReduceMax", [f([1, 2, 3, 4, 5, 6], [2, 3])], f([6], [1, 1])),
        .gives(
            "no axes, left alone", "ReduceMax", ["noop_with_empty_axes": .int(1)],
            [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([])], f([1, 2, 3, 4, 5, 6], [2, 3])),
        .gives("rank 0", "ReduceMax", [scalar(Float(2))], scalar(Float(2))),
        .gives("no elements left", "ReduceMax", [f([], [0, 3]), i64([-1])], f([], [0, 1])),
        .throwing("axis", "op.axis", "ReduceMax", [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([2])]),
        .gives("NaN", "ReduceMax", [f([1, .nan, 3])], f([.nan])),
        .gives("integers", "ReduceMax", [i64([.min, 5])], i64([5])),
        .gives(
            "of an empty axis", "ReduceMax", [f([], [2, 0]), i64([-1])], f([-.infinity, -.infinity], [2, 1])),
        .gives(
            "last axis", "ReduceMean", ["keepdims": .int(0)], [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([-1])],
            f([2, 5])),
        .gives("all", "ReduceMean", [f([1, 2, 3, 4, 5, 6], [2, 3])], f([3.5], [1, 1])),
        .gives(
            "no axes, left alone", "ReduceMean", ["noop_with_empty_axes": .int(1)],
            [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([])], f([1, 2, 3, 4, 5, 6], [2, 3])),
        .gives("rank 0", "ReduceMean", [scalar(Float(2))], scalar(Float(2))),
        .gives("no elements left", "ReduceMean", [f([], [0, 3]), i64([-1])], f([], [0, 1])),
        .throwing("axis", "op.axis", "ReduceMean", [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([2])]),
        .gives(
            "last axis", "ReduceMin", ["keepdims": .int(0)], [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([-1])],
            f([1, 4])),
        .gives("all", "ReduceMin", [f([1, 2, 3, 4, 5, 6], [2, 3])], f([1], [1, 1])),
        .gives(
            "no axes, left alone", "ReduceMin", ["noop_with_empty_axes": .int(1)],
            [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([])], f([1, 2, 3, 4, 5, 6], [2, 3])),
        .gives("rank 0", "ReduceMin", [scalar(Float(2))], scalar(Float(2))),
        .gives("no elements left", "ReduceMin", [f([], [0, 3]), i64([-1])], f([], [0, 1])),
        .throwing("axis", "op.axis", "ReduceMin", [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([2])]),
        .gives("bools", "ReduceMin", [t([true, false])], t([false])),
        .gives(
            "of an empty axis", "ReduceMin", [f([], [2, 0]), i64([-1])], f([.infinity, .infinity], [2, 1])),
        .gives(
            "last axis", "ReduceProd", ["keepdims": .int(0)], [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([-1])],
            f([6, 120])),
        .gives("all", "ReduceProd", [f([1, 2, 3, 4, 5, 6], [2, 3])], f([720], [1, 1])),
        .gives(
            "no axes, left alone", "ReduceProd", ["noop_with_empty_axes": .int(1)],
            [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([])], f([1, 2, 3, 4, 5, 6], [2, 3])),
        .gives("rank 0", "ReduceProd", [scalar(Float(2))], scalar(Float(2))),
        .gives("of an empty axis", "ReduceProd", [f([], [2, 0]), i64([-1])], f([1, 1], [2, 1])),
        .gives("no elements left", "ReduceProd", [f([], [0, 3]), i64([-1])], f([], [0, 1])),
        .throwing("axis", "op.axis", "ReduceProd", [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([2])]),
        .gives(
            "last axis", "ReduceSum", ["keepdims": .int(0)], [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([-1])],
            f([6, 15])),
        .gives("all", "ReduceSum", [f([1, 2, 3, 4, 5, 6], [2, 3])], f([21], [1, 1])),
        .gives(
            "no axes, left alone", "ReduceSum", ["noop_with_empty_axes": .int(1)],
            [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([])], f([1, 2, 3, 4, 5, 6], [2, 3])),
        .gives("rank 0", "ReduceSum", [scalar(Float(2))], scalar(Float(2))),
        .gives("of an empty axis", "ReduceSum", [f([], [2, 0]), i64([-1])], f([0, 0], [2, 1])),
        .gives("no elements left", "ReduceSum", [f([], [0, 3]), i64([-1])], f([], [0, 1])),
        .throwing("axis", "op.axis", "ReduceSum", [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([2])]),
        .gives("wraps", "ReduceSum", [t([Int32(2_147_483_647), 1])], t([Int32(-2_147_483_648)])),
        .gives(
            "last axis", "ReduceSumSquare", ["keepdims": .int(0)],
            [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([-1])], f([14, 77])),
        .gives("all", "ReduceSumSquare", [f([1, 2, 3, 4, 5, 6], [2, 3])], f([91], [1, 1])),
        .gives("rank 0", "ReduceSumSquare", [scalar(Float(2))], scalar(Float(4))),
        .gives("of an empty axis", "ReduceSumSquare", [f([], [2, 0]), i64([-1])], f([0, 0], [2, 1])),
        .gives("no elements left", "ReduceSumSquare", [f([], [0, 3]), i64([-1])], f([], [0, 1])),
        .throwing("axis", "op.axis", "ReduceSumSquare", [f([1, 2, 3, 4, 5, 6], [2, 3]), i64([2])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
