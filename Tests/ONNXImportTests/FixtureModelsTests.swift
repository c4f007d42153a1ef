// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXGraph
import ONNXImport
import Testing

/// Every model folder among the fixtures: what real exporters write must load.
struct FixtureModelsTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures")

    static let models: [String] = {
        let files = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".onnx") }.sorted()
    }()

    @Test func thereAreModels() {
        #expect(!Self.models.isEmpty)
    }

    @Test(arguments: models) func loads(_ name: String) throws {
        let path = Self.root.appendingPathComponent(name).path
        let (model, report) = try ModelReader.read(path: path)
        #expect(!model.graph.nodes.isEmpty)
        #expect(report.externalTensors.allSatisfy { $0.isPresent })
        #expect(report.dataFiles.allSatisfy { $0.presentByteCount ?? -1 >= $0.neededByteCount })
        let inlined = try model.inliningFunctions { _, _ in false }
        #expect(!inlined.graph.removingDeadNodes().nodes.isEmpty)
        let skipped = try ModelReader.read(path: path, options: ImportOptions(externalData: .skipped))
        #expect(
            skipped.model.graph.initializers.count + skipped.report.externalTensors.count
                >= model.graph.initializers.count)
    }
}
