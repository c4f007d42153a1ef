// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ContributedRotaryEmbeddingTests {
    static let cases: [OperatorCase] = [
        .near(
            "a start", "RotaryEmbedding", domain: microsoft,
            [
                f([0, 0.14285715, 0.2857143, 0.42857143, 0.5714286, 0.71428573, 0.85714287, 1], [1, 2, 4]),
                i64([1]), f([1, 1, 0.5, 0.25, 0, 1], [3, 2]), f([0, 0, 0.5, 1, 1, 0], [3, 2]),
            ],
            f(
                [-0.14285715, -0.39285713, 0.14285715, 0.25, -0.85714287, 0.71428573, 0.5714286, 1],
                [1, 2, 4])),
        .near(
            "neighbours", "RotaryEmbedding", domain: microsoft, ["interleaved": .int(1)],
            [
                f([0, 0.14285715, 0.2857143, 0.42857143, 0.5714286, 0.71428573, 0.85714287, 1], [1, 2, 4]),
                i64([2, 0], [1, 2]), f([1, 1, 0.5, 0.25, 0, 1], [3, 2]), f([0, 0, 0.5, 1, 1, 0], [3, 2]),
            ], f([-0.14285715, 0, 0.2857143, 0.42857143, 0.5714286, 0.71428573, 0.85714287, 1], [1, 2, 4])),
        .throwing(
            "position beyond the caches", "op.range", "RotaryEmbedding", domain: microsoft,
            [
                f([0, 0.14285715, 0.2857143, 0.42857143, 0.5714286, 0.71428573, 0.85714287, 1], [1, 2, 4]),
                i64([2]), f([1, 1, 0.5, 0.25, 0, 1], [3, 2]), f([0, 0, 0.5, 1, 1, 0], [3, 2]),
            ]),
        .throwing(
            "negative position", "op.range", "RotaryEmbedding", domain: microsoft,
            [
                f([0, 0.14285715, 0.2857143, 0.42857143, 0.5714286, 0.71428573, 0.85714287, 1], [1, 2, 4]),
                i64([-1]), f([1, 1], [1, 2]), f([0, 0], [1, 2]),
            ]),
        .throwing(
            "greatest position", "op.range", "RotaryEmbedding", domain: microsoft,
            [
                f([0, 0.14285715, 0.2857143, 0.42857143, 0.5714286, 0.71428573, 0.85714287, 1], [1, 2, 4]),
                i64([.max]), f([1, 1], [1, 2]), f([0, 0], [1, 2]),
            ]),
        .throwing(
            "caches differ", "op.shape", "RotaryEmbedding", domain: microsoft,
            [
                f([0, 0.14285715, 0.2857143, 0.42857143, 0.5714286, 0.71428573, 0.85714287, 1], [1, 2, 4]),
                i64([0]), f([1, 1], [1, 2]), f([0, 0, 0], [1, 3]),
            ]),
        .throwing(
            "size without heads", "attr.value", "RotaryEmbedding", domain: microsoft,
            ["rotary_embedding_dim": .int(2)],
            [
                f([0, 0.14285715, 0.2857143, 0.42857143, 0.5714286, 0.71428573, 0.85714287, 1], [1, 2, 4]),
                i64([0]), f([1, 1], [1, 2]), f([0, 0], [1, 2]),
            ]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
