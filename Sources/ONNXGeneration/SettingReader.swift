// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

/// Reads values by dotted path and remembers which.
struct SettingReader {
    private let root: JSONValue
    private let fileName: String
    private var read: Set<String> = []

    /// - Parameter fileName: for errors.
    init(_ root: JSONValue, fileName: String) {
        self.root = root
        self.fileName = fileName
    }

    /// Counts paths as read whose values say nothing here.
    mutating func ignore(_ paths: String...) { read.formUnion(paths) }

    mutating func string(_ path: String) throws(ONNXError) -> String? {
        guard let value = take(path) else { return nil }
        guard let string = value.stringValue else { throw wrongType(path, value, "a string") }
        return string
    }

    mutating func bool(_ path: String) throws(ONNXError) -> Bool? {
        guard let value = take(path) else { return nil }
        guard let bool = value.boolValue else { throw wrongType(path, value, "true or false") }
        return bool
    }

    mutating func int(_ path: String) throws(ONNXError) -> Int? {
        guard let value = take(path) else { return nil }
        guard let int = value.intValue else { throw wrongType(path, value, "an integer") }
        return int
    }

    mutating func double(_ path: String) throws(ONNXError) -> Double? {
        guard let value = take(path) else { return nil }
        guard let double = value.doubleValue else { throw wrongType(path, value, "a number") }
        return double
    }

    mutating func float(_ path: String) throws(ONNXError) -> Float? { try double(path).map { Float($0) } }

    /// True or false; `"never"`, which transformers knows, is false.
    mutating func early(_ path: String) throws(ONNXError) -> Bool? {
        guard let value = take(path) else { return nil }
        if value.stringValue == "never" { return false }
        guard let bool = value.boolValue else { throw wrongType(path, value, "true, false or \"never\"") }
        return bool
    }

    /// One integer or a list of them.
    mutating func ints(_ path: String) throws(ONNXError) -> [Int]? {
        guard let value = take(path) else { return nil }
        var result: [Int] = []
        for element in value.arrayValue ?? [value] {
            guard let int = element.intValue else {
                throw wrongType(path, element, "an integer or a list of integers")
            }
            result.append(int)
        }
        return result
    }

    private mutating func take(_ path: String) -> JSONValue? {
        read.insert(path)
        var value: JSONValue? = root
        for key in path.split(separator: ".") { value = value?[String(key)] }
        guard let value, !value.isNull else { return nil }
        return value
    }

    /// The paths of values that nobody asked for.
    var unreadKeys: [String] {
        var result: [String] = []
        func visit(_ value: JSONValue, _ path: String) {
            if read.contains(path) { return }
            guard let object = value.objectValue else {
                result.append(path)
                return
            }
            for (key, member) in zip(object.keys, object.values) {
                visit(member, path.isEmpty ? key : "\(path).\(key)")
            }
        }
        visit(root, "")
        return result
    }

    private func wrongType(_ path: String, _ value: JSONValue, _ expected: String) -> ONNXError {
        ONNXError(
            "config.type", "\(fileName) has \(value.kindName) under \(path); \(expected) is expected.")
    }
}
