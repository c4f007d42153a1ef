// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXExport
import ONNXGraph
import Testing

@Suite struct SyntheticModelTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url.path)
    }

    @Test(arguments: BuilderGeneration.allCases) func repeatsItself(builder: BuilderGeneration) throws {
        try withFolder { parent in
            for (name, seed) in [("a", 1), ("b", 1), ("c", 2)] as [(String, UInt64)] {
                try SyntheticModel.write(shape: "tiny", builder: builder, seed: seed, to: "\(parent)/\(name)")
            }
            func data(_ name: String, _ file: String) throws -> Data {
                try Data(contentsOf: URL(fileURLWithPath: "\(parent)/\(name)/\(file)"))
            }
            try #expect(data("a", "model.onnx") == data("b", "model.onnx"))
            try #expect(data("a", "model.onnx.data") == data("b", "model.onnx.data"))
            try #expect(data("a", "model.onnx.data") != data("c", "model.onnx.data"))
        }
    }

    @Test func refusesUnknownShapes() {
        let error = #expect(throws: ONNXError.self) { try SyntheticModel.write(shape: "huge", to: "/x/y") }
        #expect(error?.code == "synthesize.shape")
        let layers = #expect(throws: ONNXError.self) {
            try SyntheticModel.write(shape: "tiny", layers: 0, to: "/x/y")
        }
        #expect(layers?.code == "synthesize.layers")
    }

    private func build(_ generation: BuilderGeneration) throws -> DecoderGraphBuilder.Result {
        let configuration = DecoderConfiguration(
            modelType: "phi3", architecture: "Phi3ForCausalLM", hiddenSize: 64, intermediateSize: 96,
            layerCount: 3, headCount: 2, keyValueHeadCount: 1, headSize: 32, vocabularySize: 100,
            normEpsilon: 1e-5,
            rotary: RotaryConfiguration(
                base: 10_000, dimension: 32,
                long: .init(shortFactors: [], longFactors: [], originalContextLength: 16)),
            contextLength: 64, tiesEmbeddings: true)
        return try DecoderGraphBuilder.build(configuration, generation: generation) { _ in
            MatrixFormat(bits: 4, hasZeroPoints: false)
        }
    }

    private func counts(_ model: Model) -> [String: Int] {
        model.graph.nodes.reduce(into: [:]) { $0[$1.operatorType, default: 0] += 1 }
    }

    @Test func followsTheOlderBuilder() throws {
        let model = try build(.v07).model
        #expect(model.irVersion == 7)
        #expect(model.operatorSets == ["": 14, "com.microsoft": 1])
        #expect(
            counts(model) == [
                "Constant": 3, "Greater": 1, "If": 1, "ReduceSum": 1, "Sub": 1, "Cast": 2, "Shape": 1,
                "Gather": 2, "SimplifiedLayerNormalization": 1, "SkipSimplifiedLayerNormalization": 6,
                "MatMulNBits": 16, "GroupQueryAttention": 3, "Sigmoid": 3, "Mul": 6,
            ])
        let names = model.graph.nodes.map(\.operatorType)
        let greater = try #require(names.firstIndex(of: "Greater"))
        let gather = try #require(names.firstIndex(of: "Gather"))
        #expect(greater < gather)
    }

    @Test func sortsLikeTheNewerBuilder() throws {
        let result = try build(.v018)
        let model = result.model
        #expect(model.irVersion == 10)
        #expect(counts(model)["GatherBlockQuantized"] == 1)
        #expect(counts(model)["Reshape"] == 1)
        var known = Set(model.graph.inputs.map(\.name)).union(result.external.map(\.name)).union([""])
        for node in model.graph.nodes {
            #expect(node.inputs.allSatisfy { known.contains($0) }, "\(node.label)")
            known.formUnion(node.outputs)
        }
        #expect(model.graph.outputs.allSatisfy { known.contains($0.name) })
    }
}
