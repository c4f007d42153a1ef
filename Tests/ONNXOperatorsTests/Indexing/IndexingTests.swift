// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import ONNXTestSupport
import Testing

@Suite struct IndexingTests {
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
        .throwing("index", "op.index", "GatherElements", [six, i64([2, 0, 0], [1, 3])]),
        .throwing("too wide", "op.shape", "GatherElements", [six, i64([0, 0, 0, 0], [1, 4])]),
        .throwing("index", "op.index", "GatherND", [six, i64([0, 3], [1, 2])]),
        .throwing("too deep", "op.shape", "GatherND", [six, i64([0, 0, 0], [1, 3])]),
        .throwing(
            "batches differ", "op.shape", "GatherND", ["batch_dims": .int(1)], [six, i64([0], [1, 1])]),
        .throwing("index", "op.index", "ScatterND", [six, i64([2], [1, 1]), f([1, 2, 3], [1, 3])]),
        .throwing("updates", "op.shape", "ScatterND", [six, i64([0], [1, 1]), f([1, 2], [1, 2])]),
        .gives("the later counts", "ScatterND", [f([1, 2]), i64([0, 0], [2, 1]), f([8, 9])], f([9, 2])),
        .throwing("index", "op.index", "ScatterElements", [f([1, 2]), i64([2]), f([9])]),
        .throwing(
            "reduction", "attr.value", "ScatterElements", ["reduction": .string("avg")],
            [f([1]), i64([0]), f([1])]),
        .gives(
            "sum of two", "ScatterElements", ["reduction": .string("add")],
            [f([1, 2]), i64([-1, 1]), f([10, 20])], f([1, 32])),
        .throwing("k > n", "op.attr", "TopK", [six, i64([4])], outputs: 2),
        .throwing("k < 0", "op.attr", "TopK", [six, i64([-1])], outputs: 2),
        .gives("k = 0", "TopK", [six, i64([0])], f([], [2, 0])),
        .gives("NaN first", "TopK", [f([1, .nan, 3]), i64([2])], f([.nan, 3])),
        .gives("not a number", "ArgMax", [f([1, .nan, 3])], i64([1])),
        .throwing("of nothing", "op.shape", "ArgMax", [f([], [0])]),
        .gives("of nothing", "NonZero", [f([], [0, 2])], i64([], [2, 0])),
        .gives("of a scalar", "NonZero", [scalar(Float(2))], i64([], [0, 1])),
        .gives(
            "out of range", "OneHot", [i64([0, 7, -1]), scalar(Int64(2)), i64([0, 1])],
            i64([1, 0, 0, 0, 0, 1], [3, 2])),
        .throwing("depth", "op.shape", "OneHot", [i64([0]), scalar(Int64(-1)), i64([0, 1])]),
        .throwing(
            "position", "op.range", "RotaryEmbedding", version: 23,
            [f([1, 2], [1, 1, 1, 2]), f([1], [1, 1]), f([1], [1, 1]), i64([1], [1, 1])]),
        .throwing(
            "turns more than a head", "op.attr", "RotaryEmbedding", version: 23,
            ["rotary_embedding_dim": .int(4)], [f([1, 2], [1, 1, 1, 2]), f([1], [1, 1]), f([1], [1, 1])]),
        .throwing(
            "row beyond the end", "op.index", "TensorScatter", version: 24,
            [f([0, 0], [1, 2, 1]), f([1], [1, 1, 1]), i64([2])]),
        .throwing(
            "wraps round", "op.index", "TensorScatter", version: 24, ["mode": .string("circular")],
            [f([0, 0], [1, 2, 1]), f([1], [1, 1, 1]), i64([-1])]),
    ]

    @Test(arguments: cases) func indices(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }

    private static let productRows: [OperatorCase] = [
        .throwing("inner dimensions", "op.shape", "MatMul", [six, six]),
        .throwing("scalar", "op.shape", "MatMul", [scalar(Float(1)), six]),
        .throwing("batches", "op.broadcast", "MatMul", [f([1, 2], [2, 1, 1]), f([1, 2, 3], [3, 1, 1])]),
        .gives("K = 0", "MatMul", [f([], [2, 0]), f([], [0, 2])], f([0, 0, 0, 0], [2, 2])),
        .gives("N = 0", "MatMul", [six, f([], [3, 0])], f([], [2, 0])),
        .gives("vectors", "MatMul", [i64([1, 2]), i64([3, 4])], scalar(Int64(11))),
        .throwing("ranks", "op.shape", "Gemm", [f([1]), six]),
        .throwing("bias", "op.broadcast", "Gemm", [six, f([1, 2, 3], [3, 1]), f([1, 2, 3])]),
        .throwing("malformed", "op.attr", "Einsum", ["equation": .string("i?->i")], [f([1])]),
        .throwing("label from nowhere", "op.attr", "Einsum", ["equation": .string("i->j")], [f([1])]),
        .throwing("label twice", "op.attr", "Einsum", ["equation": .string("i->ii")], [f([1])]),
        .throwing("too many terms", "op.attr", "Einsum", ["equation": .string("i,i")], [f([1])]),
        .throwing("rank", "op.shape", "Einsum", ["equation": .string("ij->i")], [f([1])]),
        .throwing(
            "lengths", "op.shape", "Einsum", ["equation": .string("i,i->i")], [f([1, 2]), f([1, 2, 3])]),
        .gives("trace", "Einsum", ["equation": .string("ii")], [f([1, 2, 3, 4], [2, 2])], scalar(Float(5))),
        .gives("softmax of nothing", "Softmax", [f([], [2, 0])], f([], [2, 0])),
        .throwing("scale", "op.broadcast", "LayerNormalization", [six, f([1, 1])]),
        .gives("of no rows", "LayerNormalization", [f([], [0, 3]), f([1, 1, 1])], f([], [0, 3])),
        .throwing(
            "block", "op.shape", "QuantizeLinear", ["block_size": .int(2)], [six, f([1, 1], [2, 1])]),
        .throwing("block < 0", "op.attr", "QuantizeLinear", ["block_size": .int(-2)], [six, f([1])]),
        .gives(
            "NaN and infinities", "QuantizeLinear", [f([.nan, .infinity, -.infinity]), scalar(Float(1))],
            t([UInt8(0), 255, 0])),
        .gives("of zeros", "DynamicQuantizeLinear", [f([0, 0])], t([UInt8(0), 0])),
        .throwing("heads", "op.shape", "Attention", version: 23, [six, six, six]),
        .throwing(
            "mask", "op.broadcast", "Attention", version: 23,
            [f([1], [1, 1, 1, 1]), f([1], [1, 1, 1, 1]), f([1], [1, 1, 1, 1]), f([1, 2], [1, 2])]),
        .throwing(
            "past keys alone", "op.shape", "Attention", version: 23,
            [f([1], [1, 1, 1, 1]), f([1], [1, 1, 1, 1]), f([1], [1, 1, 1, 1]), nil, f([1], [1, 1, 1, 1])]),
    ]

    static let products = productRows.map(withAllOutputs)

    private static func withAllOutputs(_ testCase: OperatorCase) -> OperatorCase {
        var result = testCase
        if testCase.type == "DynamicQuantizeLinear" { result.outputCount = 3 }
        return result
    }

    @Test(arguments: products) func givesOrThrows(_ testCase: OperatorCase) {
        #expect(testCase.failure() == nil)
    }

    private static let body = Graph(
        inputs: ["i", "c", "v"].map { ValueInfo(name: $0, type: nil) },
        outputs: ["c2", "v2", "s"].map { ValueInfo(name: $0, type: .tensor(.int64, [.fixed(2)])) })

    @Test func loopCarriesAndStacks() throws {
        let outputs = try OperatorEvaluator.run(
            "Loop", ["body": .graph(Self.body)], inputs: [scalar(Int64(3)), nil, i64([1, 1])], outputCount: 2,
            bodies: [
                "body": { (inputs: [Tensor]) throws(ONNXError) in
                    let value = i64(try inputs[2].integers().map { Int64($0 * 2) })
                    return [scalar(true), value, value]
                }
            ])
        #expect(try outputs[0].integers() == [8, 8])
        #expect(try outputs[1].integers() == [2, 2, 4, 4, 8, 8])
        #expect(outputs[1].shape.dimensions == [3, 2])
    }

    @Test func loopWithoutStepsGivesAnEmptyStack() throws {
        let outputs = try OperatorEvaluator.run(
            "Loop", ["body": .graph(Self.body)], inputs: [scalar(Int64(0)), nil, i64([1, 1])], outputCount: 2)
        #expect(outputs[1].shape.dimensions == [0, 2])
    }

    @Test func endlessLoopEnds() {
        let error = #expect(throws: ONNXError.self) {
            try OperatorEvaluator.run(
                "Loop",
                [
                    "body": .graph(
                        Graph(
                            inputs: Self.body.inputs, outputs: Array(Self.body.outputs.prefix(2))))
                ],
                inputs: [scalar(Int64.max), scalar(true), i64([1])], loopStepLimit: 1000,
                bodies: ["body": { (inputs: [Tensor]) throws(ONNXError) in [inputs[1], inputs[2]] }])
        }
        #expect(error?.code == "run.steps")
    }

    @Test func conditionMustBeOneBool() {
        let branches: [String: Attribute] = [
            "then_branch": .graph(Graph(outputs: [ValueInfo(name: "a", type: nil)])),
            "else_branch": .graph(Graph(outputs: [ValueInfo(name: "b", type: nil)])),
        ]
        for condition in [t([true, false]), f([1])] {
            let error = #expect(throws: ONNXError.self) {
                try OperatorEvaluator.run("If", branches, inputs: [condition])
            }
            #expect(error?.code == "op.shape")
        }
    }
}
