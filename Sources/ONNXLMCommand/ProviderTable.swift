// SPDX-License-Identifier: Apache-2.0
#if Command && Providers
    import Foundation
    import ONNXJSON
    import ONNXLM
    import ONNXLMProviders

    /// The rows of `onnxlm providers` as text and as JSON.
    struct ProviderTable {
        private let rows: [ProviderStatus]

        init(_ rows: [ProviderStatus]) { self.rows = rows }

        /// A table whose columns are as wide as they need; reasons stand below it.
        var text: String {
            let head = [
                "name", "kind", "model", "state", "first token", "speed", "$/1000 in, out", "disk",
                "leaves machine",
            ]
            let table = [head] + rows.map(cells)
            let widths = head.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
            let lines = table.map { row in
                let padded = row.indices.map {
                    row[$0].padding(toLength: widths[$0], withPad: " ", startingAt: 0)
                }
                return padded.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
            }
            let reasons = rows.compactMap { row in row.problem.map { "\(row.entry.name): \($0.description)" }
            }
            return (lines + (reasons.isEmpty ? [] : [""]) + reasons).joined(separator: "\n") + "\n"
        }

        private func cells(_ row: ProviderStatus) -> [String] {
            let isMeasured = row.secondsToFirstToken != nil
            let isLocal = row.entry.kind == .local
            return [
                row.entry.name, row.entry.kind.rawValue, row.entry.model ?? "-",
                row.problem != nil ? "not ready" : isLocal || isMeasured ? "ready" : "ready, not asked",
                row.secondsToFirstToken.map { String(format: "%.2f s", $0) } ?? "-",
                row.tokensPerSecond.map { String(format: "%.1f tokens/s", $0) } ?? "-",
                row.prices.map { Self.perThousand($0) } ?? "unknown",
                row.diskByteCount.map { ByteAmount($0).description } ?? "-",
                row.staysOnThisMachine ? "no" : "yes",
            ]
        }

        private static func perThousand(_ prices: ChatPrices) -> String {
            if prices == .free { return "0" }
            return String(
                format: "%.6g, %.6g", prices.promptPerMillion / 1000, prices.generatedPerMillion / 1000)
        }

        static func json(_ row: ProviderStatus) -> JSONValue {
            func number(_ value: Double?) -> JSONValue { value.map { .number(JSONNumber($0)) } ?? .null }
            return [
                "name": .string(row.entry.name), "kind": .string(row.entry.kind.rawValue),
                "model": row.entry.model.map { .string($0) } ?? .null, "ready": .bool(row.problem == nil),
                "problem": row.problem.map { .string($0.description) } ?? .null,
                "seconds_to_first_token": number(row.secondsToFirstToken),
                "tokens_per_second": number(row.tokensPerSecond),
                "prompt_price_per_1000": number(row.prices.map { $0.promptPerMillion / 1000 }),
                "generated_price_per_1000": number(row.prices.map { $0.generatedPerMillion / 1000 }),
                "disk_bytes": row.diskByteCount.map { .number(.integer($0)) } ?? .null,
                "leaves_machine": .bool(!row.staysOnThisMachine),
            ]
        }
    }
#endif
