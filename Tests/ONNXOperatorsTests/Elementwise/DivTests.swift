// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct DivTests {
    static let cases: [OperatorCase] = [
        .throwing("int by zero", "op.div_zero", "Div", [i64([1, 2]), i64([1, 0])]),
        .throwing("int8 by zero, broadcast", "op.div_zero", "Div", [t([Int8(1)], []), t([Int8(0)])]),
        .gives("empty by zero", "Div", [i64([], [0]), i64([0])], i64([], [0])),
        .gives("min by -1 wraps", "Div", [i64([.min, 7]), i64([-1])], i64([.min, -7])),
        .gives("int8 min by -1 wraps", "Div", [t([Int8.min]), t([Int8(-1)])], t([Int8.min])),
        .gives("truncates toward zero", "Div", [i64([-7, 7]), i64([2, -2])], i64([-3, -3])),
        .gives("float by zero", "Div", [f([1, -1]), f([0])], f([.infinity, -.infinity])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
