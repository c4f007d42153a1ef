// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct EinsumTests {
    static let cases: [OperatorCase] = [
        .throwing("malformed", "op.attr", "Einsum", ["equation": .string("i?->i")], [f([1])]),
        .throwing("label from nowhere", "op.attr", "Einsum", ["equation": .string("i->j")], [f([1])]),
        .throwing("label twice", "op.attr", "Einsum", ["equation": .string("i->ii")], [f([1])]),
        .throwing("too many terms", "op.attr", "Einsum", ["equation": .string("i,i")], [f([1])]),
        .throwing("rank", "op.shape", "Einsum", ["equation": .string("ij->i")], [f([1])]),
        .throwing(
            "lengths", "op.shape", "Einsum", ["equation": .string("i,i->i")], [f([1, 2]), f([1, 2, 3])]),
        .gives("trace", "Einsum", ["equation": .string("ii")], [f([1, 2, 3, 4], [2, 2])], scalar(Float(5))),
        .throwing(
            "2^41 products", "run.budget", "Einsum", ["equation": .string("a,b,c->")],
            [
                f([Float](repeating: 1, count: 16_384)), f([Float](repeating: 1, count: 16_384)),
                f([Float](repeating: 1, count: 16_384)),
            ]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
