// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
import ONNXImport
import ONNXInference
import ONNXJSON
import ONNXTensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder in the layout of ONNX's own operator tests: `model.onnx` and `test_data_set_N` folders with
/// `input_K.pb` and `output_K.pb`.
///
/// Layout: <https://github.com/onnx/onnx/blob/main/docs/OnnxBackendTest.md>.
package struct ConformanceCase: Sendable {
    package let path: String

    /// The folder's name.
    package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    package init(path: String) { self.path = path }

    /// Every case below the given folders, in alphabetical order of their paths.
    ///
    /// - Throws: `model.not_found` when a folder is missing or holds no case.
    package static func find(in folders: [String]) throws(ONNXError) -> [ConformanceCase] {
        var result: [ConformanceCase] = []
        for folder in folders {
            var trimmed = folder
            while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
            let count = result.count
            search(trimmed, depth: 0, &result)
            guard result.count > count else {
                throw ONNXError(
                    "model.not_found",
                    "\"\(folder)\" holds no test case, that is, no folder with a model.onnx.")
            }
        }
        return result
    }

    private static func search(_ folder: String, depth: Int, _ result: inout [ConformanceCase]) {
        if access(folder + "/model.onnx", R_OK) == 0 {
            result.append(ConformanceCase(path: folder))
            return
        }
        guard depth < 16 else { return }
        for name in listing(folder) where isFolder(folder + "/" + name) {
            search(folder + "/" + name, depth: depth + 1, &result)
        }
    }

    /// The names in a folder, sorted, without hidden ones.
    static func listing(_ folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func isFolder(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// The data sets of the case, in the order of their numbers.
    var dataSets: [String] {
        ConformanceCase.listing(path).filter { $0.hasPrefix("test_data_set_") }.sorted {
            (Int($0.dropFirst(14)) ?? 0) < (Int($1.dropFirst(14)) ?? 0)
        }
    }

    /// `rtol` and `atol` of the case's `case.json`, where it has one.
    func tolerance(_ tolerance: Tolerance) throws(ONNXError) -> Tolerance {
        let file = path + "/case.json"
        guard access(file, R_OK) == 0 else { return tolerance }
        let json = try JSONValue(contentsOf: file)
        return Tolerance(
            relative: json["rtol"]?.doubleValue ?? tolerance.relative,
            absolute: json["atol"]?.doubleValue ?? tolerance.absolute)
    }
}
