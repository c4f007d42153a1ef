// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct GatherTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("index = size", "op.index", "Gather", [six, i64([2])]),
        .throwing("index = -size-1", "op.index", "Gather", [six, i64([-3])]),
        .throwing("least index", "op.index", "Gather", [six, i64([.min])]),
        .throwing("of nothing", "op.index", "Gather", [f([], [0, 3]), i64([0])]),
        .gives("no index of nothing", "Gather", [f([], [0, 3]), i64([])], f([], [0, 3])),
        .throwing("axis", "op.axis", "Gather", ["axis": .int(2)], [six, i64([0])]),
        .throwing("float indices", "tensor.dtype_unsupported", "Gather", [six, f([0])]),
        .gives("from the end", "Gather", ["axis": .int(1)], [six, scalar(Int64(-1))], f([2, 5])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
