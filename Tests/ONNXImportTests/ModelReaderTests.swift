// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXImport
import ONNXTensors
import Testing

struct ModelReaderTests {
    /// Two nodes in the wrong order, a weight in a data file and one in the model file.
    private func write(_ folder: TemporaryFolder, offset: Int = 4) throws {
        let weight = Messages.tensor(
            "w", 1, [2],
            Messages.external([("location", "model.onnx.data"), ("offset", "\(offset)"), ("length", "8")]))
        let bias = Messages.tensor("b", 1, [2], Wire().data(9, bytes(of: [Float(3), 4])))
        let graph = Messages.graph(
            nodes: [
                Messages.node("Add", ["t", "b"], ["y"], name: "second"),
                Messages.node("Mul", ["x", "w"], ["t"], name: "first", domain: "ai.onnx"),
            ], initializers: [weight, bias])
        try folder.write("model.onnx", Messages.model(graph: graph).bytes)
        try folder.write("model.onnx.data", [UInt8](repeating: 0, count: offset) + bytes(of: [Float(1), 2]))
    }

    @Test func readsAFolderWithADataFile() throws {
        let folder = try TemporaryFolder()
        try write(folder)
        let (model, report) = try ModelReader.read(path: folder.path)
        #expect(model.graph.nodes.map(\.name) == ["first", "second"])
        #expect(model.graph.nodes[0].domain == "")
        #expect(try model.graph.initializers["w"]?.values(as: Float.self) == [1, 2])
        #expect(try model.graph.initializers["b"]?.values(as: Float.self) == [3, 4])
        #expect(model.operatorSets == ["": 17])
        #expect(model.graph.inputs == [ValueInfo(name: "x", type: .tensor(.float32, [.fixed(2)]))])
        #expect(report.dataFiles.map(\.neededByteCount) == [12])
        #expect(report.externalTensors.map(\.isPresent) == [true])
    }

    @Test(arguments: [0, 1, 3, 7, 64])
    func readsTensorsAtAnyOffset(offset: Int) throws {
        let folder = try TemporaryFolder()
        try write(folder, offset: offset)
        let model = try ModelReader.load(path: folder.path + "/model.onnx")
        let tensor = try #require(model.graph.initializers["w"])
        #expect(try tensor.values(as: Float.self) == [1, 2])
        #expect(UInt(bitPattern: tensor.baseAddress) % 4 == 0)
    }

    @Test func describesAModelWithoutItsData() throws {
        let folder = try TemporaryFolder()
        try write(folder)
        try folder.write("model.onnx.data", [])
        let (model, report) = try ModelReader.read(
            path: folder.path, options: ImportOptions(externalData: .skipped))
        #expect(model.graph.initializers.keys.sorted() == ["b"])
        #expect(report.externalTensors.map(\.name) == ["w"])
        #expect(report.externalTensors.map(\.isPresent) == [false])
        #expect(report.dataFiles.map(\.presentByteCount) == [0])
    }
}

/// The memory of an array's elements.
func bytes<Element: BitwiseCopyable>(of values: [Element]) -> [UInt8] {
    values.withUnsafeBytes { Array($0) }
}
