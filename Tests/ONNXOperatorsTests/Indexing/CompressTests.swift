// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct CompressTests {
    static let cases: [OperatorCase] = [
        .gives(
            "flat", "Compress", [f([0, 1, 2, 3, 4, 5], [2, 3]), t([false, true, false, false, true])],
            f([1, 4])),
        .gives(
            "axis", "Compress", ["axis": .int(0)], [f([0, 1, 2, 3, 4, 5], [2, 3]), t([false, true])],
            f([3, 4, 5], [1, 3])),
        .gives(
            "negative axis", "Compress", ["axis": .int(-1)],
            [f([0, 1, 2, 3, 4, 5], [2, 3]), t([true, false, true])], f([0, 2, 3, 5], [2, 2])),
        .gives(
            "nothing chosen", "Compress", ["axis": .int(1)],
            [f([0, 1, 2, 3, 4, 5], [2, 3]), t([false, false, false])], f([], [2, 0])),
        .gives(
            "no elements", "Compress", ["axis": .int(0)], [f([], [0, 3]), t([Bool](), [0])], f([], [0, 3])),
        .throwing(
            "too many flags", "op.shape", "Compress", ["axis": .int(0)],
            [f([0, 1, 2, 3, 4, 5], [2, 3]), t([true, true, true])]),
        .throwing(
            "axis", "op.axis", "Compress", ["axis": .int(2)], [f([0, 1, 2, 3, 4, 5], [2, 3]), t([true])]),
        .throwing(
            "flags of two dimensions", "op.shape", "Compress",
            [f([0, 1, 2, 3, 4, 5], [2, 3]), t([true], [1, 1])]),
        .throwing(
            "integers as flags", "tensor.dtype_unsupported", "Compress",
            [f([0, 1, 2, 3, 4, 5], [2, 3]), i64([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
