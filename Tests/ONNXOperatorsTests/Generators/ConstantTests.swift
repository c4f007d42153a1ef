// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ConstantTests {
    static let cases: [OperatorCase] = [
        .gives("a float", "Constant", ["value_float": .float(2.5)], [], scalar(Float(2.5))),
        .gives("integers", "Constant", ["value_ints": .ints([1, -2])], [], i64([1, -2])),
        .gives("a tensor", "Constant", ["value": .tensor(f([1, 2], [2, 1]))], [], f([1, 2], [2, 1])),
        .throwing(
            "two values", "attr.missing", "Constant", ["value_int": .int(1), "value_float": .float(2)], []),
        .throwing("no value", "attr.missing", "Constant", []),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
