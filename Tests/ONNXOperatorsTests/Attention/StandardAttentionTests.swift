// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct StandardAttentionTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("heads", "op.shape", "Attention", version: 23, [six, six, six]),
        .throwing(
            "mask", "op.broadcast", "Attention", version: 23,
            [f([1], [1, 1, 1, 1]), f([1], [1, 1, 1, 1]), f([1], [1, 1, 1, 1]), f([1, 2], [1, 2])]),
        .throwing(
            "past keys alone", "op.shape", "Attention", version: 23,
            [f([1], [1, 1, 1, 1]), f([1], [1, 1, 1, 1]), f([1], [1, 1, 1, 1]), nil, f([1], [1, 1, 1, 1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
