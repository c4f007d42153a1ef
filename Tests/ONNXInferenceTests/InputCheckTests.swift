// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXInference
import ONNXTensors
import Testing

/// What a graph says of inputs that do not fit it.
struct InputCheckTests {
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        /// Type and shape by name.
        let inputs: [String: (ElementType, [Int])]
        /// Nil where the run succeeds.
        let code: ONNXError.Code?
        /// What the message has to say.
        var words: [String] = []
    }

    static let cases = [
        Case(
            description: "fits",
            inputs: ["ids": (.int64, [2, 5]), "mask": (.int64, [2, 5]), "x": (.float32, [2, 3])],
            code: nil),
        Case(
            description: "other lengths",
            inputs: ["ids": (.int64, [1, 7]), "mask": (.int64, [1, 7]), "x": (.float32, [9, 3])], code: nil),
        Case(
            description: "no positions",
            inputs: ["ids": (.int64, [1, 0]), "mask": (.int64, [1, 0]), "x": (.float32, [0, 3])], code: nil),
        Case(
            description: "an unknown name",
            inputs: [
                "ids": (.int64, [1, 2]), "mask": (.int64, [1, 2]), "x": (.float32, [1, 3]), "y": (.int64, []),
                "z": (.int64, []),
            ], code: "run.input_unknown", words: ["\"y\", \"z\"", "ids: int64[batch, length]"]),
        Case(
            description: "nothing", inputs: [:], code: "run.input_missing",
            words: ["\"ids\", \"mask\", \"x\""]),
        Case(
            description: "one missing", inputs: ["ids": (.int64, [1, 2]), "x": (.float32, [1, 3])],
            code: "run.input_missing", words: ["\"mask\""]),
        Case(
            description: "another type",
            inputs: ["ids": (.int32, [1, 2]), "mask": (.int64, [1, 2]), "x": (.float32, [1, 3])],
            code: "run.input_type", words: ["\"ids\"", "int64[batch, length]", "int32[1, 2]"]),
        Case(
            description: "another rank",
            inputs: ["ids": (.int64, [2]), "mask": (.int64, [1, 2]), "x": (.float32, [1, 3])],
            code: "run.input_rank", words: ["\"ids\"", "2 and 1"]),
        Case(
            description: "a scalar",
            inputs: ["ids": (.int64, [1, 2]), "mask": (.int64, [1, 2]), "x": (.float32, [])],
            code: "run.input_rank", words: ["\"x\"", "2 and 0"]),
        Case(
            description: "another fixed length",
            inputs: ["ids": (.int64, [1, 2]), "mask": (.int64, [1, 2]), "x": (.float32, [1, 4])],
            code: "run.input_shape", words: ["\"x\"", "dimension 1 has to be 3 and is 4"]),
        Case(
            description: "two lengths of one name",
            inputs: ["ids": (.int64, [2, 5]), "mask": (.int64, [2, 6]), "x": (.float32, [2, 3])],
            code: "run.input_shape", words: ["length is 6", "5 in dimension 1 of \"ids\""]),
        Case(
            description: "two batches",
            inputs: ["ids": (.int64, [2, 5]), "mask": (.int64, [3, 5]), "x": (.float32, [2, 3])],
            code: "run.input_shape", words: ["batch is 3", "2 in dimension 0 of \"ids\""]),
    ]

    private static func model() throws -> InferenceModel {
        let length: [Dimension] = [.symbolic("batch"), .symbolic("length")]
        let graph = Graph(
            nodes: [
                Node(operatorType: "Add", inputs: ["ids", "mask"], outputs: ["sum"]),
                Node(operatorType: "Neg", inputs: ["x"], outputs: ["y"]),
            ],
            inputs: [
                ValueInfo(name: "ids", type: .tensor(.int64, length)),
                ValueInfo(name: "mask", type: .tensor(.int64, length)),
                ValueInfo(name: "x", type: .tensor(.float32, [.unknown, .fixed(3)])),
            ], outputs: [ValueInfo(name: "sum", type: nil), ValueInfo(name: "y", type: nil)])
        return try InferenceModel(Model(irVersion: 8, operatorSets: ["": 17], graph: graph))
    }

    @Test(arguments: cases) func inputsAreCompared(_ testCase: Case) throws {
        let model = try Self.model()
        // One session for good inputs before and after: a refused run leaves nothing behind.
        let session = try InferenceSession(model)
        let good = try #require(Self.cases.first { $0.code == nil })
        _ = try session.run(Self.tensors(good))
        let inputs = try Self.tensors(testCase)
        do throws(ONNXError) {
            let outputs = try session.run(inputs)
            #expect(testCase.code == nil)
            #expect(
                outputs["sum"]?.shape == inputs["ids"]?.shape && outputs["y"]?.shape == inputs["x"]?.shape)
        } catch {
            #expect(error.code == testCase.code, "\(error)")
            for word in testCase.words { #expect(error.message.contains(word), "\(error)") }
        }
        #expect(try session.run(Self.tensors(good)).count == 2)
    }

    private static func tensors(_ testCase: Case) throws -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for (name, (type, dimensions)) in testCase.inputs {
            result[name] = try Tensor(allocating: type, Shape(dimensions), zeroed: true)
        }
        return result
    }
}
