// SPDX-License-Identifier: Apache-2.0
#if Command
    import Foundation
    import ONNXErrors
    import ONNXGeneration
    import ONNXJSON
    import ONNXLM

    /// Loads a model and times prefill and decode on invented tokens.
    struct Benchmark {
        let path: String
        let options: LoadOptions
        let promptTokens: Int
        let newTokens: Int
        let runs: Int
        /// Prompt of the run that is not measured; 0 leaves it out.
        let warmUpTokens: Int
        /// Whether the memory's read rate is measured too, on a gibibyte.
        let measuresMemory: Bool

        /// The figures of one benchmark.
        struct Report {
            var loadSeconds = 0.0
            var prefillRates: [Double] = []
            var decodeRates: [Double] = []
            var peakBytes = 0
            var memoryReadRate = 0.0
            /// Bytes of weights and cache that one decoded token has to read.
            var bytesPerToken = 0
            var threads = 0

            /// The part of the memory's read rate that decoding uses.
            var memoryFraction: Double {
                memoryReadRate > 0 ? Double(bytesPerToken) * Report.median(decodeRates) / memoryReadRate : 0
            }

            static func median(_ values: [Double]) -> Double {
                let sorted = values.sorted()
                guard !sorted.isEmpty else { return 0 }
                let middle = sorted.count / 2
                return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
            }
        }

        func run() throws -> Report {
            var report = Report()
            let started = ContinuousClock.now
            let model = try LanguageModel(path, options, readsTexts: false)
            report.loadSeconds = (ContinuousClock.now - started).seconds
            report.threads = model.inferenceModel.threadCount
            guard promptTokens + newTokens <= model.contextLength else {
                throw ONNXError(
                    "prompt.too_long",
                    "\(promptTokens) + \(newTokens) tokens do not fit into the context of \(model.contextLength)."
                )
            }
            let vocabulary = model.configuration.vocabularySize ?? 1000
            let prompt = (0..<promptTokens).map { ($0 * 7919 + 13) % max(1, min(vocabulary, 30_000)) }
            if warmUpTokens > 0 { _ = try measure(model, Array(prompt.prefix(warmUpTokens))) }
            for _ in 0..<runs {
                let (prefill, decode, cacheBytes) = try measure(model, prompt)
                report.prefillRates.append(prefill)
                report.decodeRates.append(decode)
                report.bytesPerToken = model.inferenceModel.weightByteCount + cacheBytes
            }
            report.peakBytes = Self.peakResidentBytes()
            if measuresMemory { report.memoryReadRate = try MemoryReadRate.measure(threads: report.threads) }
            return report
        }

        private func measure(_ model: LanguageModel, _ prompt: [Int]) throws -> (Double, Double, Int) {
            let decoder = try model.makeDecoder()
            let started = ContinuousClock.now
            var token = try largest(decoder.append(prompt))
            let prefilled = ContinuousClock.now
            for _ in 0..<newTokens { token = try largest(decoder.append([token])) }
            let ended = ContinuousClock.now
            return (
                Double(prompt.count) / (prefilled - started).seconds,
                Double(newTokens) / (ended - prefilled).seconds,
                decoder.cacheReadByteCount
            )
        }

        private func largest(_ logits: Tensor) throws -> Int {
            let values = try logits.values(as: Float.self)
            return values.indices.max { values[$0] < values[$1] } ?? 0
        }

        /// The most memory that this process has had in RAM.
        static func peakResidentBytes() -> Int {
            var usage = rusage()
            #if canImport(Darwin)
                getrusage(RUSAGE_SELF, &usage)
                return Int(usage.ru_maxrss)
            #else
                getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
                return Int(usage.ru_maxrss) * 1024
            #endif
        }
    }

    extension Benchmark.Report {
        var json: JSONValue {
            func number(_ value: Double) -> JSONValue { .number(JSONNumber(value)) }
            return [
                "threads": .number(.integer(threads)),
                "load_seconds": number(loadSeconds),
                "prefill_tokens_per_second": number(Self.median(prefillRates)),
                "decode_tokens_per_second": number(Self.median(decodeRates)),
                "peak_rss_bytes": .number(.integer(peakBytes)),
                "memory_read_bytes_per_second": number(memoryReadRate),
                "bytes_per_token": .number(.integer(bytesPerToken)),
                "decode_memory_fraction": number(memoryFraction),
                "runs": .array(
                    zip(prefillRates, decodeRates).map { prefill, decode in
                        [
                            "prefill_tokens_per_second": number(prefill),
                            "decode_tokens_per_second": number(decode),
                        ]
                    }),
            ]
        }

        var text: String {
            let memory =
                memoryReadRate > 0
                ? """
                , \(String(format: "%.0f", memoryFraction * 100)) % of the memory's read rate of \
                \(ByteAmount(Int(memoryReadRate)))/s
                """ : ""
            return """
                load      \(String(format: "%.3f", loadSeconds)) s
                prefill   \(String(format: "%.1f", Self.median(prefillRates))) tokens/s
                decode    \(String(format: "%.1f", Self.median(decodeRates))) tokens/s\(memory)
                peak RSS  \(ByteAmount(peakBytes))
                threads   \(threads)
                """
        }
    }
#endif
