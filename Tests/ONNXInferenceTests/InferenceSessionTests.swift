// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXInference
import ONNXTensors
import Testing

struct InferenceSessionTests {
    private func model(
        _ nodes: [Node], inputs: [(String, [Dimension])], outputs: [String],
        initializers: [String: Tensor] = [:]
    ) throws -> InferenceModel {
        let graph = Graph(
            nodes: nodes, inputs: inputs.map { ValueInfo(name: $0.0, type: .tensor(.float32, $0.1)) },
            outputs: outputs.map { ValueInfo(name: $0, type: nil) }, initializers: initializers)
        return try InferenceModel(Model(irVersion: 8, operatorSets: ["": 17], graph: graph))
    }

    private func code(_ body: () throws -> Void) -> ONNXError.Code? {
        do { try body() } catch { return (error as? ONNXError)?.code }
        return nil
    }

    private func branch(_ type: String) -> Attribute {
        .graph(
            Graph(
                nodes: [Node(operatorType: type, inputs: ["x", "x"], outputs: ["z"])],
                outputs: [ValueInfo(name: "z", type: nil)]))
    }

    @Test func branchesSeeValuesAroundThem() throws {
        let nodes = [
            Node(operatorType: "ReduceSum", inputs: ["x"], outputs: ["s"], attributes: ["keepdims": .int(0)]),
            Node(operatorType: "Greater", inputs: ["s", "zero"], outputs: ["c"]),
            Node(
                operatorType: "If", inputs: ["c"], outputs: ["y"],
                attributes: ["then_branch": branch("Add"), "else_branch": branch("Mul")]),
        ]
        let model = try model(
            nodes, inputs: [("x", [.symbolic("n")])], outputs: ["y"],
            initializers: ["zero": try Tensor(scalar: Float(0))])
        let session = try InferenceSession(model)
        for (values, expected) in [([1, 2], [2, 4]), ([-3, 1], [9, 1]), ([5], [10])] as [([Float], [Float])] {
            let outputs = try session.run(["x": try Tensor(values, shape: [values.count])])
            #expect(try outputs["y"]?.values(as: Float.self) == expected)
        }
    }

    /// An output that is a view has its own shape, not that of the buffer it lies in.
    @Test func anOutputMayBeAViewOfAnother() throws {
        let nodes = [
            Node(operatorType: "Neg", inputs: ["x"], outputs: ["y"]),
            Node(operatorType: "Flatten", inputs: ["y"], outputs: ["z"]),
        ]
        let model = try model(nodes, inputs: [("x", [.unknown])], outputs: ["z", "y"])
        let session = try InferenceSession(model)
        var held: [[String: Tensor]] = []
        for value in [Float(1), 2] {
            held.append(try session.run(["x": try Tensor([value, 3], shape: [2])]))
        }
        for (value, outputs) in zip([Float(1), 2], held) {
            #expect(outputs["z"]?.shape.dimensions == [2, 1] && outputs["y"]?.shape.dimensions == [2])
            for name in ["y", "z"] { #expect(try outputs[name]?.values(as: Float.self) == [-value, -3]) }
        }
    }

    @Test func heldOutputsAreNotOverwritten() throws {
        let model = try model(
            [Node(operatorType: "Add", inputs: ["x", "x"], outputs: ["y"])], inputs: [("x", [.unknown])],
            outputs: ["y"])
        let session = try InferenceSession(model)
        let first = try session.run(["x": try Tensor([Float(1)], shape: [1])])
        let second = try session.run(["x": try Tensor([Float(2)], shape: [1])])
        #expect(try first["y"]?.values(as: Float.self) == [2])
        #expect(try second["y"]?.values(as: Float.self) == [4])
    }

    @Test func everythingUnsupportedIsListedAtOnce() throws {
        let graph = Graph(
            nodes: [
                Node(operatorType: "Frobnicate", inputs: ["x"], outputs: ["a"]),
                Node(operatorType: "Frobnicate", inputs: ["a"], outputs: ["b"]),
                Node(domain: "org.nowhere", operatorType: "Thing", inputs: ["b"], outputs: ["c"]),
                Node(domain: "onnxlm", operatorType: "SiluMultiply", inputs: ["c", "c"], outputs: ["y"]),
            ], inputs: [ValueInfo(name: "x", type: .tensor(.float32, nil))],
            outputs: [ValueInfo(name: "y", type: nil)])
        do {
            _ = try InferenceModel(Model(irVersion: 8, operatorSets: ["": 17], graph: graph))
            Issue.record("the model loads")
        } catch {
            #expect(error.code == "op.unsupported")
            for words in ["Frobnicate", "2 ×", "org.nowhere", "onnxlm"] {
                #expect(error.message.contains(words))
            }
        }
    }

    @Test func aRunBeyondTheBudgetIsRefused() throws {
        var options = LoadOptions()
        options.intermediateByteLimit = 1000
        let graph = Graph(
            nodes: [
                Node(operatorType: "Neg", inputs: ["x"], outputs: ["a"]),
                Node(operatorType: "Exp", inputs: ["a"], outputs: ["y"]),
            ], inputs: [ValueInfo(name: "x", type: .tensor(.float32, [.unknown]))],
            outputs: [ValueInfo(name: "y", type: nil)])
        let model = try InferenceModel(
            Model(irVersion: 8, operatorSets: ["": 17], graph: graph), options: options)
        #expect(
            code { _ = try model.run(["x": try Tensor([Float](repeating: 1, count: 300), shape: [300])]) }
                == "run.budget")
        #expect(try model.run(["x": try Tensor([Float](repeating: 1, count: 200), shape: [200])])["y"] != nil)
    }

    @Test func aCancelledRunStops() throws {
        let model = try model(
            [Node(operatorType: "Neg", inputs: ["x"], outputs: ["y"])], inputs: [("x", [.unknown])],
            outputs: ["y"])
        let session = try InferenceSession(model)
        let input = ["x": try Tensor([Float(1)], shape: [1])]
        #expect(code { _ = try session.run(input, isCancelled: { true }) } == "run.cancelled")
        #expect(try session.run(input)["y"] != nil)
    }
}
