// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ScatterNDTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("index", "op.index", "ScatterND", [six, i64([2], [1, 1]), f([1, 2, 3], [1, 3])]),
        .throwing("updates", "op.shape", "ScatterND", [six, i64([0], [1, 1]), f([1, 2], [1, 2])]),
        .gives("the later counts", "ScatterND", [f([1, 2]), i64([0, 0], [2, 1]), f([8, 9])], f([9, 2])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
