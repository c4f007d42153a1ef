// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ReshapeTests {
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
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
