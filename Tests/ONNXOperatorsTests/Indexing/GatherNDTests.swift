// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct GatherNDTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("index", "op.index", "GatherND", [six, i64([0, 3], [1, 2])]),
        .throwing("too deep", "op.shape", "GatherND", [six, i64([0, 0, 0], [1, 3])]),
        .throwing(
            "batches differ", "op.shape", "GatherND", ["batch_dims": .int(1)], [six, i64([0], [1, 1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
