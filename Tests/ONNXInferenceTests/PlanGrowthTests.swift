// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXInference
import ONNXTensors
import Testing

/// Plans that serve every length of a mask of ones.
struct PlanGrowthTests {
    private static func node(
        _ type: String, _ inputs: [String], _ output: String, _ attributes: [String: Attribute] = [:]
    ) -> Node { Node(operatorType: type, inputs: inputs, outputs: [output], attributes: attributes) }

    /// y = x · (sum of the mask) + (its length), as decoders compute lengths; beyond 6 positions y = −x.
    private static func model(limit: Int64 = 6) throws -> InferenceModel {
        func branch(_ nodes: [Node]) -> Attribute {
            .graph(Graph(nodes: nodes, outputs: [ValueInfo(name: "r", type: nil)]))
        }
        let graph = Graph(
            nodes: [
                node("ReduceSum", ["mask", "axis"], "sum", ["keepdims": .int(1)]),
                node("Cast", ["sum"], "sum_f", ["to": .int(1)]), node("Shape", ["mask"], "shape"),
                node("Gather", ["shape", "one"], "length"),
                node("Cast", ["length"], "length_f", ["to": .int(1)]),
                node("Greater", ["length", "limit"], "isLong"),
                node(
                    "If", ["isLong"], "y",
                    [
                        "then_branch": branch([node("Neg", ["x"], "r")]),
                        "else_branch": branch([
                            node("Mul", ["x", "sum_f"], "p"), node("Add", ["p", "length_f"], "r"),
                        ]),
                    ]),
            ],
            inputs: [
                ValueInfo(name: "x", type: .tensor(.float32, [.fixed(1), .unknown])),
                ValueInfo(name: "mask", type: .tensor(.int64, [.fixed(1), .unknown])),
            ], outputs: [ValueInfo(name: "y", type: nil)],
            initializers: [
                "axis": try Tensor([Int64(1)], shape: [1]), "one": try Tensor(scalar: Int64(1)),
                "limit": try Tensor(scalar: limit),
            ])
        return try InferenceModel(Model(irVersion: 8, operatorSets: ["": 17], graph: graph))
    }

    private func run(_ session: InferenceSession, length: Int, x: [Float]) throws -> [Float] {
        try session.run(
            [try Tensor(x, shape: [1, x.count]), nil], cachedRows: length - x.count, newRows: x.count,
            isCancelled: { false })
        return try session.output(0).values(as: Float.self)
    }

    @Test func onePlanServesEveryLengthUntilABranchChanges() throws {
        let session = try InferenceSession(Self.model(), caches: [], lengthInput: "mask")
        for length in [1, 2, 3, 4, 5, 6, 3, 1] {
            let factor = Float(length)
            #expect(try run(session, length: length, x: [2]) == [2 * factor + factor])
        }
        #expect(session.plansMade == 2)
        for length in [7, 8, 20] { #expect(try run(session, length: length, x: [2]) == [-2]) }
        #expect(try run(session, length: 6, x: [2]) == [18])
        let made = session.plansMade
        for length in [30, 31, 2, 3] {
            #expect(try run(session, length: length, x: [1]) == [length > 6 ? -1 : 2 * Float(length)])
        }
        #expect(session.plansMade <= made + 2)
    }

    @Test func otherNumbersOfNewPositionsHavePlansOfTheirOwn() throws {
        let session = try InferenceSession(Self.model(limit: 100), caches: [], lengthInput: "mask")
        for start in 0..<5 {
            #expect(
                try run(session, length: start + 2, x: [1, 3]) == [1, 3].map { ($0 + 1) * Float(start + 2) })
            #expect(try run(session, length: start + 1, x: [5]) == [6 * Float(start + 1)])
        }
        #expect(session.plansMade == 4)
    }

    @Test func anOutputThatIsHeldStaysAsItIs() throws {
        let session = try InferenceSession(Self.model(), caches: [], lengthInput: "mask")
        var held: [Tensor] = []
        for length in 1...4 {
            _ = try run(session, length: length, x: [1])
            held.append(try session.output(0))
        }
        #expect(try held.map { try $0.values(as: Float.self)[0] } == [2, 4, 6, 8])
    }
}
