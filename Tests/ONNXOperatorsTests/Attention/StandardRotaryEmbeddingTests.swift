// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct StandardRotaryEmbeddingTests {
    static let cases: [OperatorCase] = [
        .throwing(
            "position", "op.range", "RotaryEmbedding", version: 23,
            [f([1, 2], [1, 1, 1, 2]), f([1], [1, 1]), f([1], [1, 1]), i64([1], [1, 1])]),
        .throwing(
            "turns more than a head", "op.attr", "RotaryEmbedding", version: 23,
            ["rotary_embedding_dim": .int(4)], [f([1, 2], [1, 1, 1, 2]), f([1], [1, 1]), f([1], [1, 1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
