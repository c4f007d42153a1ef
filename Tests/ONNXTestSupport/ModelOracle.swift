// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
import ONNXJSON
import ONNXTensors

/// What onnxruntime computed from a tiny model: the `oracle.json` and `oracle.bin` of its folder.
///
/// The format is described in `Tests/Fixtures/models/README.md`.
package struct ModelOracle: Sendable {
    /// One case with its expected logits.
    package struct Case: Sendable, CustomStringConvertible {
        package let name: String
        package let ids: [Int]
        package let pastIDs: [Int]
        /// The first position of ``ids`` whose logits are given.
        package let firstRow: Int
        package let tokens: [Int]
        package let rows: [[Float]]

        package var description: String { name }
    }

    package let name: String
    package let path: String
    package let cases: [Case]
    /// The standard deviation of all logits.
    package let deviation: Float
    /// Whether onnxruntime was given past buffers of a fixed length, which the graph's windows are made for.
    package let hasFixedBuffers: Bool

    /// Reads the oracle of one model folder.
    package init(folder name: String) throws(ONNXError) {
        self.name = name
        path = Fixtures.models + "/" + name
        let json = try JSONValue(contentsOf: path + "/oracle.json")
        let file = try MappedFile(path: path + "/oracle.bin")
        deviation = Float(json["logit_deviation"]?.doubleValue ?? 1)
        hasFixedBuffers = json["cache_capacity"] != nil
        var cases: [Case] = []
        for row in json["cases"]?.arrayValue ?? [] {
            let offset = row["logits"]?["offset"]?.intValue ?? 0
            let shape = row["logits"]?["shape"]?.arrayValue?.compactMap(\.intValue) ?? []
            guard shape.count == 2, offset + shape[0] * shape[1] * 4 <= file.byteCount else {
                throw ONNXError("test.oracle", "oracle.json of \(name) does not fit oracle.bin.")
            }
            let rows = (0..<shape[0]).map { index in
                (0..<shape[1]).map { column in
                    file.bytes.loadUnaligned(
                        fromByteOffset: offset + (index * shape[1] + column) * 4, as: Float.self)
                }
            }
            func ids(_ key: String) -> [Int] { row[key]?.arrayValue?.compactMap(\.intValue) ?? [] }
            cases.append(
                Case(
                    name: row["name"]?.stringValue ?? "", ids: ids("input_ids") + ids("prompt"),
                    pastIDs: ids("past_ids"), firstRow: row["first_row"]?.intValue ?? 0,
                    tokens: ids("tokens"),
                    rows: rows))
        }
        self.cases = cases
    }
}
