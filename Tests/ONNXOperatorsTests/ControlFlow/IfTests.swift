// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import ONNXTestSupport
import Testing

@Suite struct IfTests {
    private static let branches: [String: Attribute] = [
        "then_branch": .graph(Graph(outputs: [ValueInfo(name: "a", type: nil)])),
        "else_branch": .graph(Graph(outputs: [ValueInfo(name: "b", type: nil)])),
    ]

    @Test(arguments: [true, false]) func takesOneBranch(_ condition: Bool) throws {
        let results = try OperatorEvaluator.run(
            "If", Self.branches, inputs: [t([condition], [])],
            bodies: [
                "then_branch": { (_: [Tensor]) throws(ONNXError) in [i64([1])] },
                "else_branch": { (_: [Tensor]) throws(ONNXError) in [f([], [0])] },
            ])
        #expect(try condition ? results[0].integers() == [1] : results[0].shape.dimensions == [0])
    }

    static let refusals: [OperatorCase] = [
        .throwing("two conditions", "op.shape", "If", branches, [t([true, false])]),
        .throwing("a number", "op.shape", "If", branches, [f([1])]),
        .throwing("no condition", "op.shape", "If", branches, [t([Bool](), [0])]),
        .throwing("no branches", "attr.missing", "If", [scalar(true)]),
        .throwing(
            "more outputs than the branches have", "if.mismatch", "If", branches, [scalar(true)], outputs: 2),
    ]

    @Test(arguments: refusals) func refuses(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
