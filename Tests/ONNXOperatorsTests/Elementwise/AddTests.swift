// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct AddTests {
    static let cases: [OperatorCase] = [
        .gives("sum wraps", "Add", [t([Int8(127)]), t([Int8(1)])], t([Int8(-128)])),
        .gives(
            "broadcast both ways", "Add", [i64([1, 2], [2, 1]), i64([10, 20, 30], [1, 3])],
            i64([11, 21, 31, 12, 22, 32], [2, 3])),
        .throwing("shapes that do not stretch", "op.broadcast", "Add", [f([1, 2]), f([1, 2, 3])]),
        .throwing("two types", "op.type_mismatch", "Add", [f([1]), i64([1])]),
        .throwing("bool", "tensor.dtype_unsupported", "Add", [t([true]), t([true])]),
        .throwing("one input", "op.arity", "Add", [f([1])]),
        .throwing(
            "unknown attribute", "op.attribute_unsupported", "Add", ["what": .int(1)], [f([1]), f([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
