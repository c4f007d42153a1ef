// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct MultiHeadAttentionTests {
    static let cases: [OperatorCase] = [
        .near(
            "two heads", "MultiHeadAttention", domain: microsoft, ["num_heads": .int(2)],
            [
                f([-1, -0.6, -0.2, 0.2, 0.6, 1], [1, 3, 2]),
                f(
                    [1, 0.71428573, 0.42857143, 0.14285715, -0.14285715, -0.42857143, -0.71428573, -1],
                    [1, 4, 2]), f([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75], [1, 4, 2]),
            ], f([1.0777502, 1.207455, 0.82116556, 0.9288345, 0.5425449, 0.67224973], [1, 3, 2])),
        .near(
            "causal", "MultiHeadAttention", domain: microsoft,
            ["num_heads": .int(1), "unidirectional": .int(1)],
            [
                f(
                    [1, 0.71428573, 0.42857143, 0.14285715, -0.14285715, -0.42857143, -0.71428573, -1],
                    [1, 4, 2]),
                f(
                    [1, 0.71428573, 0.42857143, 0.14285715, -0.14285715, -0.42857143, -0.71428573, -1],
                    [1, 4, 2]), f([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75], [1, 4, 2]),
            ], f([0, 0.25, 0.22126605, 0.47126606, 0.576288, 0.826288, 1.1331302, 1.3831302], [1, 4, 2])),
        .near(
            "wider values", "MultiHeadAttention", domain: microsoft, ["num_heads": .int(1)],
            [
                f([-1, -0.6, -0.2, 0.2, 0.6, 1], [1, 3, 2]),
                f(
                    [1, 0.71428573, 0.42857143, 0.14285715, -0.14285715, -0.42857143, -0.71428573, -1],
                    [1, 4, 2]),
                f(
                    [
                        0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1, 1.125, 1.25, 1.375, 1.5, 1.625,
                        1.75, 1.875,
                    ], [1, 4, 4]),
            ],
            f(
                [
                    1.1127641, 1.2377641, 1.3627641, 1.4877641, 0.75, 0.875, 1, 1.125, 0.38723588, 0.5122359,
                    0.6372359, 0.7622359,
                ], [1, 3, 4])),
        .near(
            "a buffer half full", "MultiHeadAttention", domain: microsoft, ["num_heads": .int(1)],
            [
                f([1, -1], [1, 1, 2]), f([0.5, 1], [1, 1, 2]), f([2, 3], [1, 1, 2]), nil, nil, nil,
                f(
                    [-1, -0.71428573, -0.42857143, -0.14285715, 0.14285715, 0.42857143, 0.71428573, 1],
                    [1, 1, 4, 2]),
                f(
                    [1, 0.85714287, 0.71428573, 0.5714286, 0.42857143, 0.2857143, 0.14285715, 0],
                    [1, 1, 4, 2]), t([Int32(2)]),
            ], f([1.200631, 1.401262], [1, 1, 2]), outputs: 3),
        .throwing(
            "heads", "op.shape", "MultiHeadAttention", domain: microsoft, ["num_heads": .int(3)],
            [
                f([-1, -0.6, -0.2, 0.2, 0.6, 1], [1, 3, 2]),
                f(
                    [1, 0.71428573, 0.42857143, 0.14285715, -0.14285715, -0.42857143, -0.71428573, -1],
                    [1, 4, 2]), f([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75], [1, 4, 2]),
            ]),
        .throwing(
            "no heads", "attr.value", "MultiHeadAttention", domain: microsoft, ["num_heads": .int(0)],
            [
                f([-1, -0.6, -0.2, 0.2, 0.6, 1], [1, 3, 2]),
                f(
                    [1, 0.71428573, 0.42857143, 0.14285715, -0.14285715, -0.42857143, -0.71428573, -1],
                    [1, 4, 2]), f([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75], [1, 4, 2]),
            ]),
        .throwing(
            "key without value", "op.shape", "MultiHeadAttention", domain: microsoft, ["num_heads": .int(1)],
            [
                f([-1, -0.6, -0.2, 0.2, 0.6, 1], [1, 3, 2]),
                f(
                    [1, 0.71428573, 0.42857143, 0.14285715, -0.14285715, -0.42857143, -0.71428573, -1],
                    [1, 4, 2]),
            ]),
        .throwing(
            "value without key", "input.missing", "MultiHeadAttention", domain: microsoft,
            ["num_heads": .int(1)],
            [
                f([-1, -0.6, -0.2, 0.2, 0.6, 1], [1, 3, 2]), nil,
                f([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75], [1, 4, 2]),
            ]),
        .throwing(
            "values of other positions", "op.shape", "MultiHeadAttention", domain: microsoft,
            ["num_heads": .int(1)],
            [
                f([-1, -0.6, -0.2, 0.2, 0.6, 1], [1, 3, 2]),
                f(
                    [1, 0.71428573, 0.42857143, 0.14285715, -0.14285715, -0.42857143, -0.71428573, -1],
                    [1, 4, 2]), f([-1, -0.6, -0.2, 0.2, 0.6, 1], [1, 3, 2]),
            ]),
        .throwing(
            "bias", "op.shape", "MultiHeadAttention", domain: microsoft, ["num_heads": .int(1)],
            [
                f([-1, -0.6, -0.2, 0.2, 0.6, 1], [1, 3, 2]),
                f(
                    [1, 0.71428573, 0.42857143, 0.14285715, -0.14285715, -0.42857143, -0.71428573, -1],
                    [1, 4, 2]), f([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75], [1, 4, 2]), f([1, 2]),
            ]),
        .throwing(
            "mask", "op.shape", "MultiHeadAttention", domain: microsoft, ["num_heads": .int(1)],
            [
                f([-1, -0.6, -0.2, 0.2, 0.6, 1], [1, 3, 2]),
                f(
                    [1, 0.71428573, 0.42857143, 0.14285715, -0.14285715, -0.42857143, -0.71428573, -1],
                    [1, 4, 2]), f([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75], [1, 4, 2]), nil,
                t([Int32(1)], [1, 1]),
            ]),
        .throwing(
            "past beyond its buffer", "op.range", "MultiHeadAttention", domain: microsoft,
            ["num_heads": .int(1)],
            [
                f([1, -1], [1, 1, 2]), f([0.5, 1], [1, 1, 2]), f([2, 3], [1, 1, 2]), nil, nil, nil,
                f([0, 0, 0, 0], [1, 1, 2, 2]), f([0, 0, 0, 0], [1, 1, 2, 2]), t([Int32(2)]),
            ]),
        .throwing(
            "negative past", "op.range", "MultiHeadAttention", domain: microsoft, ["num_heads": .int(1)],
            [
                f([1, -1], [1, 1, 2]), f([0.5, 1], [1, 1, 2]), f([2, 3], [1, 1, 2]), nil, nil, nil,
                f([0, 0, 0, 0], [1, 1, 2, 2]), f([0, 0, 0, 0], [1, 1, 2, 2]), t([Int32(-1)]),
            ]),
        .throwing(
            "a beam that is not", "op.range", "MultiHeadAttention", domain: microsoft, ["num_heads": .int(1)],
            [
                f([1, -1], [1, 1, 2]), f([0.5, 1], [1, 1, 2]), f([2, 3], [1, 1, 2]), nil, nil, nil,
                f([0, 0, 0, 0], [1, 1, 2, 2]), f([0, 0, 0, 0], [1, 1, 2, 2]), t([Int32(1)]),
                t([Int32(1), 0], [1, 1, 2]),
            ]),
        .throwing(
            "beams of another batch", "op.shape", "MultiHeadAttention", domain: microsoft,
            ["num_heads": .int(1)],
            [
                f([1, -1], [1, 1, 2]), f([0.5, 1], [1, 1, 2]), f([2, 3], [1, 1, 2]), nil, nil, nil,
                f([0, 0, 0, 0], [1, 1, 2, 2]), f([0, 0, 0, 0], [1, 1, 2, 2]), t([Int32(1)]),
                t([Int32(0), 0, 0, 0], [1, 2, 2]),
            ]),
        .throwing(
            "no queries", "op.shape", "MultiHeadAttention", domain: microsoft, ["num_heads": .int(1)],
            [
                f([], [0, 3, 2]),
                f(
                    [1, 0.71428573, 0.42857143, 0.14285715, -0.14285715, -0.42857143, -0.71428573, -1],
                    [1, 4, 2]), f([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75], [1, 4, 2]),
            ]),
        .throwing(
            "past length without a past", "input.missing", "MultiHeadAttention", domain: microsoft,
            ["num_heads": .int(1)],
            [
                f([-1, -0.6, -0.2, 0.2, 0.6, 1], [1, 3, 2]),
                f(
                    [1, 0.71428573, 0.42857143, 0.14285715, -0.14285715, -0.42857143, -0.71428573, -1],
                    [1, 4, 2]), f([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75], [1, 4, 2]), nil, nil, nil, nil,
                nil, t([Int32(0)]),
            ]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
