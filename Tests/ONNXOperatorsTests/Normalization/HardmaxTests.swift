// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct HardmaxTests {
    static let cases: [OperatorCase] = [
        .gives("last axis", "Hardmax", [f([1, 3, 2, 5, 4, 0], [2, 3])], f([0, 1, 0, 1, 0, 0], [2, 3])),
        .gives("the first of equals", "Hardmax", [f([2, 2, 1])], f([1, 0, 0])),
        .gives(
            "another axis", "Hardmax", ["axis": .int(0)], [f([1, 3, 2, 0], [2, 2])], f([0, 1, 1, 0], [2, 2])),
        .gives(
            "before opset 13 over all that follows", "Hardmax", version: 11, ["axis": .int(1)],
            [f([1, 2, 3, 4, 8, 7, 6, 5], [2, 2, 2])], f([0, 0, 0, 1, 1, 0, 0, 0], [2, 2, 2])),
        .gives("NaN", "Hardmax", [f([1, .nan, .infinity])], f([0, 1, 0])),
        .gives("infinities", "Hardmax", [f([-.infinity, -.infinity])], f([1, 0])),
        .gives("no elements", "Hardmax", [f([], [0, 3])], f([], [0, 3])),
        .gives("an empty axis", "Hardmax", [f([], [3, 0])], f([], [3, 0])),
        .gives("rank 0", "Hardmax", [scalar(Float(7))], scalar(Float(1))),
        .throwing("axis", "op.axis", "Hardmax", ["axis": .int(2)], [f([1, 2])]),
        .throwing("integers", "tensor.dtype_unsupported", "Hardmax", [i64([1])]),
    ]

    @Test(arguments: cases) func edges(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
