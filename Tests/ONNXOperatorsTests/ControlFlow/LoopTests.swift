// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import ONNXTestSupport
import Testing

@Suite struct LoopTests {
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

    static let refusals: [OperatorCase] = [
        .throwing(
            "trip count of two", "op.shape", "Loop", ["body": .graph(body)],
            [i64([1, 2]), nil, i64([1, 1])], outputs: 2),
        .throwing(
            "trip count of floats", "op.shape", "Loop", ["body": .graph(body)], [f([1]), nil, i64([1, 1])],
            outputs: 2),
        .throwing(
            "condition of numbers", "op.shape", "Loop", ["body": .graph(body)], [nil, f([1]), i64([1, 1])],
            outputs: 2),
        .throwing("carried values", "loop.mismatch", "Loop", ["body": .graph(body)], [nil, nil], outputs: 2),
        .throwing("no body", "attr.missing", "Loop", [nil, nil, i64([1])]),
    ]

    @Test(arguments: refusals) func refuses(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
