// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

/// Files that `Tests/Fixtures/tokenizers/make_tokenizers.py` makes and git ignores.
enum GeneratedFixtures {
    static let names = ["smollm2", "phi4-mini", "llama3", "qwen2", "cl100k-original"]

    static let smallNames = [
        "gpt2", "digits-then-words", "digit-runs", "llama3", "qwen2", "o200k", "split-behaviours", "llama2",
        "llama2-metaspace", "metaspace-words", "gemma", "no-bytes",
    ]

    static let folder = fixturesFolder + "/.generated/tokenizers"

    static let smallFolder = fixturesFolder + "/.generated/small-tokenizers"

    static func exists(_ name: String, in folder: String = folder) -> Bool {
        (try? FileBytes.read("\(folder)/\(name).rows.jsonl", byteLimit: .max)) != nil
    }

    static var fixturesFolder: String {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(2).joined(separator: "/") + "/Fixtures"
    }

    /// The rows of a file of JSON lines.
    static func rows(_ path: String) throws -> [JSONValue] {
        let bytes = try FileBytes.read(path, byteLimit: 4 << 30)
        return try bytes.split(separator: 0x0A).map { line in
            try Array(line).withUnsafeBytes { try JSONValue.parse($0) }
        }
    }
}

extension JSONValue {
    var ids: [Int] { (arrayValue ?? []).compactMap(\.intValue) }
}

/// Strings compared by their bytes; Swift's own equality takes canonical equivalents for one.
func sameBytes(_ left: String, _ right: String?) -> Bool {
    guard let right else { return false }
    return left.utf8.elementsEqual(right.utf8)
}
