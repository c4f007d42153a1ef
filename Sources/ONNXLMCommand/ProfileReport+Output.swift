// SPDX-License-Identifier: Apache-2.0
#if Command
    import Foundation
    package import ONNXJSON

    extension ProfileReport {
        /// A table for people. Times and bytes are those of one token.
        package var text: String {
            let headings = ["operator", "share", "calls", "ms", "MB", "GB/s", "of memory"]
            let table = [headings] + (rows + [total]).map(cells)
            let widths = headings.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
            let lines = table.map { row in
                row.indices.map { column in
                    let padding = String(repeating: " ", count: widths[column] - row[column].count)
                    return column == 0 ? row[column] + padding : padding + row[column]
                }.joined(separator: "  ")
            }
            let summary =
                "\(title): \(Self.fixed(seconds / Double(tokenCount) * 1000, 3)) ms a token, \(tokenCount) tokens"
            return ([summary] + lines).joined(separator: "\n")
        }

        /// The same figures, not divided by tokens.
        package var json: JSONValue {
            func object(_ row: Row) -> JSONValue {
                [
                    "kind": .string(row.kind),
                    "calls": .number(.integer(row.calls)),
                    "seconds": .number(JSONNumber(row.seconds)),
                    "bytes": .number(.integer(row.bytes)),
                    "percent": .number(JSONNumber(Double(row.permille) / 10)),
                    "memory_fraction": memoryFraction(of: row).map { .number(JSONNumber($0)) } ?? .null,
                ]
            }
            return [
                "title": .string(title),
                "seconds": .number(JSONNumber(seconds)),
                "tokens": .number(.integer(tokenCount)),
                "memory_read_bytes_per_second": .number(JSONNumber(memoryReadRate)),
                "operators": .array(rows.map(object)),
            ]
        }

        private func cells(_ row: Row) -> [String] {
            let tokens = Double(tokenCount)
            let moves = row.bytes > 0 && row.seconds > 0
            return [
                row.kind,
                "\(row.permille / 10).\(row.permille % 10) %",
                row.calls > 0
                    ? Self.fixed(Double(row.calls) / tokens, row.calls % tokenCount == 0 ? 0 : 1) : "",
                Self.fixed(row.seconds / tokens * 1000, 3),
                moves ? Self.fixed(Double(row.bytes) / tokens / 1e6, 2) : "",
                moves ? Self.fixed(Double(row.bytes) / row.seconds / 1e9, 1) : "",
                memoryFraction(of: row).map { "\(Self.fixed($0 * 100, 0)) %" } ?? "",
            ]
        }

        private static func fixed(_ value: Double, _ digits: Int) -> String {
            String(format: "%.\(digits)f", value)
        }
    }
#endif
