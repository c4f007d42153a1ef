// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXGraph
import ONNXTensors
import ONNXTestSupport
import Synchronization

/// Writes what the tables of cases expect, a line of JSON each, for `Scripts/deep/rows.py`, which asks oracles whether it is
/// right. The environment variable `ONNXLM_EXPORT_CASES` names the file; without it nothing is written.
extension OperatorCase {
    private static let exports = Mutex<FileHandle?>(
        TestEnvironment.value("ONNXLM_EXPORT_CASES").flatMap { path in
            FileManager.default.createFile(atPath: path, contents: nil)
                ? FileHandle(forWritingAtPath: path) : nil
        })

    /// Adds the case to the file; a case that expects an error has nothing that an oracle could compute.
    func export() throws {
        guard case .tensor(let wanted) = expected else { return }
        try Self.exports.withLock { file in
            guard let file else { return }
            let line: [String: Any] = [
                "name": name, "type": type, "domain": domain, "version": domain.isEmpty ? version : 1,
                "attributes": try attributes.mapValues(Self.json),
                "inputs": try inputs.map { tensor -> Any in try tensor.map(Self.json) as Any? ?? NSNull() },
                "outputs": outputCount, "expected": try Self.json(wanted),
            ]
            try file.write(contentsOf: JSONSerialization.data(withJSONObject: line, options: .sortedKeys))
            try file.write(contentsOf: Data("\n".utf8))
        }
    }

    /// The number of the element type in ONNX, the dimensions, and the bytes in hexadecimal digits, or the texts.
    private static func json(_ tensor: Tensor) throws -> [String: Any] {
        var result: [String: Any] = [
            "type": Int(tensor.elementType.rawValue), "shape": tensor.shape.dimensions,
        ]
        if tensor.elementType == .string {
            result["strings"] = try tensor.strings()
        } else {
            result["bytes"] = tensor.withUnsafeBytes { bytes in
                bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            }
        }
        return result
    }

    /// The kind and the value; floats by their bits, since JSON has no NaN.
    private static func json(_ attribute: Attribute) throws -> [String: Any] {
        let value: Any? =
            switch attribute {
            case .float(let value): Int(value.bitPattern)
            case .int(let value): value
            case .string(let value): value
            case .tensor(let value): try json(value)
            case .floats(let values): values.map { Int($0.bitPattern) }
            case .ints(let values): values
            case .strings(let values): values
            default: nil
            }
        return ["kind": attribute.kind, "value": value ?? NSNull()]
    }
}
