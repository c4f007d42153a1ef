// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Files and output of the benchmark.
enum BenchmarkText {
    static func read(_ path: String) throws(ONNXError) -> [UInt8] {
        guard let file = fopen(path, "rb") else { throw ONNXError("file.missing", "cannot open \"\(path)\"") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
            bytes.append(contentsOf: buffer[..<count])
        }
        return bytes
    }

    static func flush() { fflush(nil) }
}
