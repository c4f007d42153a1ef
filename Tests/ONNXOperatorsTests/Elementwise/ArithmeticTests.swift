// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

/// Numbers at the edges of their types: nothing traps, and what comes out is defined.
@Suite struct ArithmeticTests {
    static let cases: [OperatorCase] = [
        .throwing("int by zero", "op.div_zero", "Div", [i64([1, 2]), i64([1, 0])]),
        .throwing("int8 by zero, broadcast", "op.div_zero", "Div", [t([Int8(1)], []), t([Int8(0)])]),
        .throwing("int mod zero", "op.div_zero", "Mod", [t([Int32(5)]), t([Int32(0)])]),
        .throwing("int fmod zero", "op.div_zero", "Mod", ["fmod": .int(1)], [t([UInt8(5)]), t([UInt8(0)])]),
        .gives("empty by zero", "Div", [i64([], [0]), i64([0])], i64([], [0])),
        .gives("min by -1 wraps", "Div", [i64([.min, 7]), i64([-1])], i64([.min, -7])),
        .gives("int8 min by -1 wraps", "Div", [t([Int8.min]), t([Int8(-1)])], t([Int8.min])),
        .gives("min mod -1", "Mod", [i64([.min]), i64([-1])], i64([0])),
        .gives("truncates toward zero", "Div", [i64([-7, 7]), i64([2, -2])], i64([-3, -3])),
        .gives(
            "sign of the divisor", "Mod", [i64([-7, 7, -6]), i64([3, -3, 3])], i64([2, -2, 0])),
        .gives(
            "sign of the dividend", "Mod", ["fmod": .int(1)], [i64([-7, 7]), i64([3, -3])], i64([-1, 1])),
        .throwing("float mod without fmod", "op.attr", "Mod", [f([1]), f([2])]),
        .gives("float by zero", "Div", [f([1, -1]), f([0])], f([.infinity, -.infinity])),
        .gives("sum wraps", "Add", [t([Int8(127)]), t([Int8(1)])], t([Int8(-128)])),
        .gives("difference wraps", "Sub", [t([UInt8(0)]), t([UInt8(1)])], t([UInt8(255)])),
        .gives("product wraps", "Mul", [i64([.max]), i64([2])], i64([-2])),
        .gives("negated min stays", "Neg", [t([Int32.min, 3])], t([Int32.min, -3])),
        .gives("magnitude of min stays", "Abs", [t([Int16.min, -3])], t([Int16.min, 3])),
        .gives("negated zero", "Neg", [f([0])], f([-0.0])),
        .gives(
            "broadcast both ways", "Add", [i64([1, 2], [2, 1]), i64([10, 20, 30], [1, 3])],
            i64([11, 21, 31, 12, 22, 32], [2, 3])),
        .gives("scalar", "Mul", [scalar(Float(3)), f([1, 2])], f([3, 6])),
        .throwing("shapes that do not stretch", "op.broadcast", "Add", [f([1, 2]), f([1, 2, 3])]),
        .throwing("two types", "op.type_mismatch", "Add", [f([1]), i64([1])]),
        .throwing("bool", "tensor.dtype_unsupported", "Add", [t([true]), t([true])]),
        .throwing("one input", "op.arity", "Add", [f([1])]),
        .throwing(
            "unknown attribute", "op.attribute_unsupported", "Add", ["what": .int(1)], [f([1]), f([1])]),
        .gives(
            "negative exponents", "Pow", [i64([2, 1, -1, 0, -1]), i64([-1, -5, -3, -1, -2])],
            i64([0, 1, -1, 0, 1])),
        .gives("power wraps", "Pow", [i64([2]), i64([64])], i64([0])),
        .gives("int to a float power", "Pow", [t([Int32(4)]), f([0.5])], t([Int32(2)])),
        .gives("max takes NaN", "Max", [f([1, .nan]), f([2, 3])], f([2, .nan])),
        .gives("clip, low above high", "Clip", [f([1, 5]), scalar(Float(4)), scalar(Float(2))], f([2, 2])),
        .throwing("bound of two", "op.shape", "Clip", [f([1]), f([1, 2])]),
        .gives(
            "shift by the width", "BitShift", ["direction": .string("LEFT")],
            [t([UInt8(255), 1]), t([UInt8(8), 7])], t([UInt8(0), 128])),
        .gives(
            "shift by more", "BitShift", ["direction": .string("RIGHT")],
            [t([UInt64(1)]), t([UInt64.max])], t([UInt64(0)])),
        .throwing(
            "direction", "attr.value", "BitShift", ["direction": .string("UP")],
            [t([UInt8(1)]), t([UInt8(1)])]),
        .gives("halves to even", "Round", [f([0.5, 1.5, -2.5])], f([0, 2, -2])),
        .gives("relu of NaN", "Relu", [f([-1, 2, .nan])], f([0, 2, .nan])),
        .gives("comparison with NaN", "LessOrEqual", [f([.nan, 1]), f([1, 1])], t([false, true])),
        .throwing("where", "op.broadcast", "Where", [t([true, false]), f([1, 2, 3]), f([1])]),
    ]

    @Test(arguments: cases) func atTheEdges(_ testCase: OperatorCase) {
        #expect(testCase.failure() == nil)
    }

    static let casts: [OperatorCase] = [
        .gives(
            "float to int64", "Cast", ["to": .int(7)], [f([.nan, .infinity, -.infinity, 1e30, -1.9])],
            i64([0, .max, .min, .max, -1])),
        .gives("float to int8", "Cast", ["to": .int(3)], [f([300, -300, 1.9])], t([Int8(127), -128, 1])),
        .gives("float to uint8", "Cast", ["to": .int(2)], [f([-1, 256, .nan])], t([UInt8(0), 255, 0])),
        .gives("double to uint64", "Cast", ["to": .int(13)], [t([1e30, -1.0])], t([UInt64.max, 0])),
        .gives(
            "uint64 to float", "Cast", ["to": .int(1)], [t([UInt64.max])], f([18_446_744_073_709_551_616])),
        .gives(
            "int64 to int8 keeps low bits", "Cast", ["to": .int(3)], [i64([257, -129])], t([Int8(1), 127])),
        .gives(
            "to bool", "Cast", ["to": .int(9)], [f([0, -0.0, 0.1, .nan])], t([false, false, true, true])),
        .gives("empty", "Cast", ["to": .int(7)], [f([], [0, 3])], i64([], [0, 3])),
        .throwing("unknown type", "attr.value", "Cast", ["to": .int(99)], [f([1])]),
        .throwing("no type", "attr.missing", "Cast", [f([1])]),
    ]

    @Test(arguments: casts) func conversions(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
