// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXInference
import ONNXTensors
import Testing

/// Small graphs that ask for much: each runs into the limit made for it, and no further.
struct RunLimitsTests {
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let graph: @Sendable () throws -> Graph
        let code: ONNXError.Code
        var limit: @Sendable (inout LoadOptions) -> Void = { _ in }
    }

    static let cases = [
        Case(
            description: "planned values", graph: { try chain() }, code: "run.budget",
            limit: { $0.intermediateByteLimit = 1000 }),
        Case(
            description: "a loop without end", graph: { try loop(steps: Int64.max, results: false) },
            code: "run.steps", limit: { $0.loopStepLimit = 100 }),
        Case(
            description: "a loop's nodes", graph: { try loop(steps: 10_000, results: false) },
            code: "run.too_many_nodes", limit: { $0.nodeLimit = 500 }),
        Case(
            description: "a loop in a loop", graph: { try nestedLoop(steps: 1000) },
            code: "run.too_many_nodes",
            limit: { $0.nodeLimit = 50_000 }),
        Case(
            description: "a loop's stacked results", graph: { try loop(steps: 10_000, results: true) },
            code: "run.budget", limit: { $0.intermediateByteLimit = 1 << 20 }),
        Case(
            description: "a value that doubles in each step", graph: { try doublingLoop() },
            code: "run.budget",
            limit: { $0.intermediateByteLimit = 1 << 24 }),
        Case(description: "a shape that the run computes", graph: { try expansion() }, code: "run.budget"),
    ]

    @Test(arguments: cases) func theLimitIsMet(_ testCase: Case) throws {
        var options = LoadOptions()
        options.threadCount = 1
        testCase.limit(&options)
        let model = try InferenceModel(
            Model(irVersion: 8, operatorSets: ["": 17], graph: testCase.graph()), options: options)
        let session = try InferenceSession(model)
        let x = try Tensor([Float](repeating: 1, count: 300), shape: [300])
        // Twice: what a run has used up is there again for the next.
        for _ in 0..<2 {
            let time = ContinuousClock().measure {
                let error = #expect(throws: ONNXError.self) { try session.run(["x": x]) }
                #expect(error?.code == testCase.code, "\(error.map(String.init(describing:)) ?? "")")
            }
            #expect(time < .seconds(20))
        }
    }

    /// Within the limits, memory that steps have let go of counts no more.
    @Test func memoryThatIsFreeAgainDoesNotCount() throws {
        var options = LoadOptions()
        options.intermediateByteLimit = 20_000
        let graph = try Self.loop(steps: 1000, results: false)
        let model = try InferenceModel(
            Model(irVersion: 8, operatorSets: ["": 17], graph: graph), options: options)
        let outputs = try model.run(["x": try Tensor([Float](repeating: 1, count: 300), shape: [300])])
        #expect(try outputs["y"]?.values(as: Float.self).first == 1001)
    }

    private static let x = ValueInfo(name: "x", type: .tensor(.float32, [.unknown]))

    private static func chain() throws -> Graph {
        Graph(
            nodes: [
                Node(operatorType: "Neg", inputs: ["x"], outputs: ["a"]),
                Node(operatorType: "Exp", inputs: ["a"], outputs: ["y"]),
            ], inputs: [x], outputs: [ValueInfo(name: "y", type: nil)])
    }

    /// y = x + steps; with results, each step's value besides.
    private static func loop(steps: Int64, results: Bool) throws -> Graph {
        let body = Graph(
            nodes: [
                Node(operatorType: "Identity", inputs: ["goes"], outputs: ["goesOn"]),
                Node(operatorType: "Add", inputs: ["carried", "one"], outputs: ["next"]),
                Node(operatorType: "Neg", inputs: ["next"], outputs: ["result"]),
            ], inputs: ["step", "goes", "carried"].map { ValueInfo(name: $0, type: nil) },
            outputs: (["goesOn", "next"] + (results ? ["result"] : [])).map {
                ValueInfo(name: $0, type: nil)
            },
            initializers: ["one": try Tensor(scalar: Float(1))])
        return Graph(
            nodes: [
                Node(
                    operatorType: "Loop", inputs: ["steps", "", "x"],
                    outputs: ["y"] + (results ? ["all"] : []),
                    attributes: ["body": .graph(body)])
            ], inputs: [x],
            outputs: (["y"] + (results ? ["all"] : [])).map { ValueInfo(name: $0, type: nil) },
            initializers: ["steps": try Tensor(scalar: steps)])
    }

    private static func nestedLoop(steps: Int64) throws -> Graph {
        let inner = try loop(steps: steps, results: false)
        let body = Graph(
            nodes: [
                Node(operatorType: "Identity", inputs: ["outerGoes"], outputs: ["outerGoesOn"]),
                Node(
                    operatorType: "Loop", inputs: ["innerSteps", "", "outerCarried"], outputs: ["outerNext"],
                    attributes: inner.nodes[0].attributes),
            ], inputs: ["outerStep", "outerGoes", "outerCarried"].map { ValueInfo(name: $0, type: nil) },
            outputs: ["outerGoesOn", "outerNext"].map { ValueInfo(name: $0, type: nil) },
            initializers: ["innerSteps": try Tensor(scalar: steps)])
        return Graph(
            nodes: [
                Node(
                    operatorType: "Loop", inputs: ["steps", "", "x"], outputs: ["y"],
                    attributes: ["body": .graph(body)])
            ], inputs: [x], outputs: [ValueInfo(name: "y", type: nil)],
            initializers: ["steps": try Tensor(scalar: steps)])
    }

    private static func doublingLoop() throws -> Graph {
        let body = Graph(
            nodes: [
                Node(operatorType: "Identity", inputs: ["goes"], outputs: ["goesOn"]),
                Node(
                    operatorType: "Concat", inputs: ["carried", "carried"], outputs: ["next"],
                    attributes: ["axis": .int(0)]),
            ], inputs: ["step", "goes", "carried"].map { ValueInfo(name: $0, type: nil) },
            outputs: ["goesOn", "next"].map { ValueInfo(name: $0, type: nil) })
        return Graph(
            nodes: [
                Node(
                    operatorType: "Loop", inputs: ["steps", "", "x"], outputs: ["y"],
                    attributes: ["body": .graph(body)])
            ], inputs: [x], outputs: [ValueInfo(name: "y", type: nil)],
            initializers: ["steps": try Tensor(scalar: Int64(60))])
    }

    /// x stretched to as many rows as x has in sum, times 2^40.
    private static func expansion() throws -> Graph {
        Graph(
            nodes: [
                Node(
                    operatorType: "ReduceSum", inputs: ["x", "axis"], outputs: ["sum"],
                    attributes: ["keepdims": .int(1)]),
                Node(operatorType: "Cast", inputs: ["sum"], outputs: ["count"], attributes: ["to": .int(7)]),
                Node(operatorType: "Mul", inputs: ["count", "large"], outputs: ["rows"]),
                Node(
                    operatorType: "Concat", inputs: ["rows", "width"], outputs: ["shape"],
                    attributes: ["axis": .int(0)]),
                Node(operatorType: "Expand", inputs: ["x", "shape"], outputs: ["y"]),
            ], inputs: [x], outputs: [ValueInfo(name: "y", type: nil)],
            initializers: [
                "axis": try Tensor([Int64(0)], shape: [1]), "large": try Tensor([Int64(1) << 40], shape: [1]),
                "width": try Tensor([Int64(300)], shape: [1]),
            ])
    }
}
