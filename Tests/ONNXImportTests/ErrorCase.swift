// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXImport
import Testing

/// A file that must be refused, with the code of the error, or read when the code is nil.
struct ErrorCase: Sendable, CustomTestStringConvertible {
    var name: String
    var code: ONNXError.Code?
    /// What the message must contain.
    var mentions: [String]
    var bytes: [UInt8]

    init(_ name: String, _ code: ONNXError.Code?, _ wire: Wire, mentions: [String] = []) {
        self.name = name
        self.code = code
        self.bytes = wire.bytes
        self.mentions = mentions
    }

    var testDescription: String { name }
}

/// Runs `body` and checks the error against the expectation.
func expect<Value>(
    _ code: ONNXError.Code?, mentions: [String] = [], _ label: String = "",
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws(ONNXError) -> Value
) {
    do throws(ONNXError) {
        _ = try body()
        #expect(code == nil, "\(label) was accepted", sourceLocation: sourceLocation)
    } catch {
        #expect(error.code == code, "\(label): \(error)", sourceLocation: sourceLocation)
        for part in mentions {
            #expect(
                error.description.contains(part), "\(label): \(error) lacks \"\(part)\"",
                sourceLocation: sourceLocation)
        }
    }
}

/// Peak memory of this process in bytes.
func peakResidentByteCount() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return try #require(Int(line.filter(\.isNumber))) * 1024
}

/// Scans bytes in memory.
func scan(_ bytes: [UInt8], limits: ImportLimits = ImportLimits()) throws(ONNXError) -> WireScan.Result {
    let result: Result<WireScan.Result, ONNXError> = bytes.withUnsafeBytes { bytes in
        do throws(ONNXError) {
            return .success(try WireScan.scan(bytes, limits: limits))
        } catch {
            return .failure(error)
        }
    }
    return try result.get()
}
