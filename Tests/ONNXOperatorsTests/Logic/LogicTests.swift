// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

/// Comparisons, truth values and bits, element by element.
///
/// Operators: And, BitwiseAnd, BitwiseNot, BitwiseOr, BitwiseXor, Equal, Greater, GreaterOrEqual, IsInf,
/// IsNaN, Less, LessOrEqual, Not, Or, Xor.
@Suite struct LogicTests {
    static let cases: [OperatorCase] = [
        .gives(
            "table", "And", [t([false, false, true, true]), t([false, true, false, true])],
            t([false, false, false, true])),
        .gives(
            "rank 0 stretched", "And", [scalar(true), t([false, true, false, true])],
            t([false, true, false, true])),
        .gives("no elements", "And", [t([Bool](), [0, 2]), t([true, false])], t([Bool](), [0, 2])),
        .throwing("numbers", "tensor.dtype_unsupported", "And", [i64([1]), i64([1])]),
        .gives(
            "bytes", "BitwiseAnd", [t([UInt8(0), 12, 255]), t([UInt8(7), 10, 128])], t([UInt8(0), 8, 128])),
        .gives(
            "negative, stretched", "BitwiseAnd", [t([Int32(-1), 5], [2, 1]), t([Int32(3), -4])],
            t([Int32(3), -4, 1, 4], [2, 2])),
        .gives("no elements", "BitwiseAnd", [i64([]), i64([1])], i64([])),
        .throwing("floats", "tensor.dtype_unsupported", "BitwiseAnd", [f([1]), f([1])]),
        .gives("numbers", "BitwiseNot", [t([Int8(0), -1, 127])], t([Int8(-1), 0, -128])),
        .gives("rank 0", "BitwiseNot", [scalar(UInt16(5))], scalar(UInt16(65530))),
        .gives("no elements", "BitwiseNot", [i64([])], i64([])),
        .gives(
            "bytes", "BitwiseOr", [t([UInt8(0), 12, 255]), t([UInt8(7), 10, 128])], t([UInt8(7), 14, 255])),
        .gives(
            "negative, stretched", "BitwiseOr", [t([Int32(-1), 5], [2, 1]), t([Int32(3), -4])],
            t([Int32(-1), -1, 7, -3], [2, 2])),
        .gives("no elements", "BitwiseOr", [i64([]), i64([1])], i64([])),
        .throwing("floats", "tensor.dtype_unsupported", "BitwiseOr", [f([1]), f([1])]),
        .gives(
            "bytes", "BitwiseXor", [t([UInt8(0), 12, 255]), t([UInt8(7), 10, 128])], t([UInt8(7), 6, 127])),
        .gives(
            "negative, stretched", "BitwiseXor", [t([Int32(-1), 5], [2, 1]), t([Int32(3), -4])],
            t([Int32(-4), 3, 6, -7], [2, 2])),
        .gives("no elements", "BitwiseXor", [i64([]), i64([1])], i64([])),
        .throwing("floats", "tensor.dtype_unsupported", "BitwiseXor", [f([1]), f([1])]),
        .gives(
            "floats", "Equal", [f([1, 2, 3, .nan, .infinity, -0.0]), f([2, 2, 2, .nan, .infinity, 0])],
            t([false, true, false, false, true, true])),
        .gives(
            "extreme integers", "Equal", [i64([.min, .max, 0]), i64([.max, .min, 0])],
            t([false, false, true])),
        .gives(
            "rank 0 stretched", "Equal", [scalar(Int32(2)), t([Int32(1), 2, 3], [3, 1])],
            t([false, true, false], [3, 1])),
        .gives("no elements", "Equal", [f([]), f([1])], t([Bool](), [0])),
        .throwing("shapes", "op.broadcast", "Equal", [f([1, 2]), f([1, 2, 3])]),
        .gives(
            "floats", "Greater", [f([1, 2, 3, .nan, .infinity, -0.0]), f([2, 2, 2, .nan, .infinity, 0])],
            t([false, false, true, false, false, false])),
        .gives(
            "extreme integers", "Greater", [i64([.min, .max, 0]), i64([.max, .min, 0])],
            t([false, true, false])),
        .gives(
            "rank 0 stretched", "Greater", [scalar(Int32(2)), t([Int32(1), 2, 3], [3, 1])],
            t([true, false, false], [3, 1])),
        .gives("no elements", "Greater", [f([]), f([1])], t([Bool](), [0])),
        .throwing("shapes", "op.broadcast", "Greater", [f([1, 2]), f([1, 2, 3])]),
        .gives(
            "floats", "GreaterOrEqual",
            [f([1, 2, 3, .nan, .infinity, -0.0]), f([2, 2, 2, .nan, .infinity, 0])],
            t([false, true, true, false, true, true])),
        .gives(
            "extreme integers", "GreaterOrEqual", [i64([.min, .max, 0]), i64([.max, .min, 0])],
            t([false, true, true])),
        .gives(
            "rank 0 stretched", "GreaterOrEqual", [scalar(Int32(2)), t([Int32(1), 2, 3], [3, 1])],
            t([true, true, false], [3, 1])),
        .gives("no elements", "GreaterOrEqual", [f([]), f([1])], t([Bool](), [0])),
        .throwing("shapes", "op.broadcast", "GreaterOrEqual", [f([1, 2]), f([1, 2, 3])]),
        .gives("both", "IsInf", [f([.nan, .infinity, -.infinity, 0])], t([false, true, true, false])),
        .gives(
            "positive alone", "IsInf", ["detect_negative": .int(0)], [f([.infinity, -.infinity])],
            t([true, false])),
        .gives(
            "negative alone", "IsInf", ["detect_positive": .int(0)], [f([.infinity, -.infinity])],
            t([false, true])),
        .gives("no elements", "IsInf", [f([])], t([Bool](), [0])),
        .gives("numbers", "IsNaN", [f([.nan, .infinity, -.infinity, 0])], t([true, false, false, false])),
        .gives("no elements", "IsNaN", [f([], [0, 2])], t([Bool](), [0, 2])),
        .gives("rank 0", "IsNaN", [scalar(Float.nan)], scalar(true)),
        .gives(
            "floats", "Less", [f([1, 2, 3, .nan, .infinity, -0.0]), f([2, 2, 2, .nan, .infinity, 0])],
            t([true, false, false, false, false, false])),
        .gives(
            "extreme integers", "Less", [i64([.min, .max, 0]), i64([.max, .min, 0])], t([true, false, false])),
        .gives(
            "rank 0 stretched", "Less", [scalar(Int32(2)), t([Int32(1), 2, 3], [3, 1])],
            t([false, false, true], [3, 1])),
        .gives("no elements", "Less", [f([]), f([1])], t([Bool](), [0])),
        .throwing("shapes", "op.broadcast", "Less", [f([1, 2]), f([1, 2, 3])]),
        .gives("comparison with NaN", "LessOrEqual", [f([.nan, 1]), f([1, 1])], t([false, true])),
        .gives(
            "floats", "LessOrEqual",
            [f([1, 2, 3, .nan, .infinity, -0.0]), f([2, 2, 2, .nan, .infinity, 0])],
            t([true, true, false, false, true, true])),
        .gives(
            "extreme integers", "LessOrEqual", [i64([.min, .max, 0]), i64([.max, .min, 0])],
            t([true, false, true])),
        .gives(
            "rank 0 stretched", "LessOrEqual", [scalar(Int32(2)), t([Int32(1), 2, 3], [3, 1])],
            t([false, true, true], [3, 1])),
        .gives("no elements", "LessOrEqual", [f([]), f([1])], t([Bool](), [0])),
        .throwing("shapes", "op.broadcast", "LessOrEqual", [f([1, 2]), f([1, 2, 3])]),
        .gives("table", "Not", [t([true, false])], t([false, true])),
        .gives("no elements", "Not", [t([Bool](), [2, 0])], t([Bool](), [2, 0])),
        .gives("rank 0", "Not", [scalar(false)], scalar(true)),
        .gives(
            "table", "Or", [t([false, false, true, true]), t([false, true, false, true])],
            t([false, true, true, true])),
        .gives(
            "rank 0 stretched", "Or", [scalar(true), t([false, true, false, true])],
            t([true, true, true, true])),
        .gives("no elements", "Or", [t([Bool](), [0, 2]), t([true, false])], t([Bool](), [0, 2])),
        .throwing("numbers", "tensor.dtype_unsupported", "Or", [i64([1]), i64([1])]),
        .gives(
            "table", "Xor", [t([false, false, true, true]), t([false, true, false, true])],
            t([false, true, true, false])),
        .gives(
            "rank 0 stretched", "Xor", [scalar(true), t([false, true, false, true])],
            t([true, false, true, false])),
        .gives("no elements", "Xor", [t([Bool](), [0, 2]), t([true, false])], t([Bool](), [0, 2])),
        .throwing("numbers", "tensor.dtype_unsupported", "Xor", [i64([1]), i64([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
