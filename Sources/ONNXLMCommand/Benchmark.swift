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
        /// Whether decoding is compared with plain reads of memory, which takes a gibibyte of it.
        let measuresMemory: Bool
        /// Whether one more run tells where its time goes.
        let profiles: Bool

        /// The figures of one benchmark.
        struct Report {
            var loadSeconds = 0.0
            /// Whether weights were mapped from the cache of an earlier load.
            var usesCachedWeights = false
            var prefillRates: [Double] = []
            var decodeRates: [Double] = []
            /// Tokens that were read again among those that were decoded, in each run, and the seconds of each, which
            /// the rates leave out: the model changed its rotary tables there.
            var recomputedTokens = 0
            var recomputationSeconds: [Double] = []
            var peakBytes = 0
            /// Bytes a second of plain reads between tokens.
            var memoryReadRate = 0.0
            /// The part of that rate that decoding between these reads uses.
            var memoryFraction = 0.0
            /// Bytes of weights and cache that one decoded token has to read.
            var bytesPerToken = 0
            var threads = 0
            /// Of prefill and of decode, where that was asked for.
            var profiles: [ProfileReport] = []

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
            report.usesCachedWeights = model.inferenceModel.usesCachedWeights
            try? model.inferenceModel.finishCaching()
            guard promptTokens + newTokens <= model.contextLength else {
                throw ONNXError(
                    "prompt.too_long",
                    "\(promptTokens) + \(newTokens) tokens do not fit into the context of \(model.contextLength)."
                )
            }
            let vocabulary = model.configuration.vocabularySize ?? 1000
            let prompt = (0..<promptTokens).map { ($0 * 7919 + 13) % max(1, min(vocabulary, 30_000)) }
            if warmUpTokens > 0 {
                _ = try measure(model.makeDecoder(), model, Array(prompt.prefix(warmUpTokens)))
            }
            var decoder = try model.makeDecoder()
            for index in 0..<runs {
                if index > 0 { decoder = try model.makeDecoder() }
                let run = try measure(decoder, model, prompt)
                report.prefillRates.append(run.prefillRate)
                report.decodeRates.append(run.decodeRate)
                report.bytesPerToken = model.inferenceModel.weightByteCount + run.cacheByteCount
                if let cost = run.recomputation {
                    report.recomputedTokens = cost.tokenCount
                    report.recomputationSeconds.append(cost.seconds)
                }
            }
            report.peakBytes = Self.peakResidentBytes()
            if measuresMemory { try compareWithMemory(decoder, model, &report) }
            if profiles { report.profiles = try profile(model, prompt, report.memoryReadRate) }
            return report
        }

        private func profile(
            _ model: LanguageModel, _ prompt: [Int], _ memoryReadRate: Double
        ) throws -> [ProfileReport] {
            let decoder = try model.makeDecoder()
            var sampler = greedySampler(model)
            func stretch(_ title: String, _ tokens: Int, _ body: () throws -> Void) rethrows -> ProfileReport
            {
                let profiler = StepProfiler()
                decoder.profiler = profiler
                let started = ContinuousClock.now
                try body()
                return ProfileReport(
                    title: title, operators: profiler.rows, seconds: (ContinuousClock.now - started).seconds,
                    tokenCount: tokens, memoryReadRate: memoryReadRate)
            }
            var token = 0
            let prefill = try stretch("prefill of \(prompt.count) tokens", prompt.count) {
                token = try largest(decoder.append(prompt), &sampler)
            }
            token = try largest(decoder.append([token]), &sampler)
            let decode = try stretch("decode after \(prompt.count + 1) tokens", newTokens) {
                for _ in 0..<newTokens { token = try largest(decoder.append([token]), &sampler) }
            }
            return [prefill, decode]
        }

        /// What one run shows.
        private struct Run {
            /// Tokens a second.
            let prefillRate: Double
            let decodeRate: Double
            /// What attention reads for a token.
            let cacheByteCount: Int
            let recomputation: (tokenCount: Int, seconds: Double)?
        }

        private func measure(_ decoder: DecoderSession, _ model: LanguageModel, _ prompt: [Int]) throws -> Run
        {
            var sampler = greedySampler(model)
            let started = ContinuousClock.now
            let token = try largest(decoder.append(prompt), &sampler)
            let prefilled = ContinuousClock.now
            var tokens = [token]
            for _ in 0..<newTokens {
                // In place: decoding allocates nothing, and neither does this.
                tokens[0] = try largest(decoder.append(tokens), &sampler)
            }
            let ended = ContinuousClock.now
            let recomputation = decoder.takeRecomputation()
            return Run(
                prefillRate: Double(prompt.count) / (prefilled - started).seconds,
                decodeRate: Double(newTokens) / ((ended - prefilled).seconds - (recomputation?.seconds ?? 0)),
                cacheByteCount: decoder.cacheReadByteCount, recomputation: recomputation)
        }

        /// Decodes once more behind the prompt, with plain reads of memory between tokens: on a machine that others use the
        /// rate of these may change from one second to the next.
        private func compareWithMemory(
            _ decoder: DecoderSession, _ model: LanguageModel, _ report: inout Report
        ) throws {
            var sampler = greedySampler(model)
            let reads = try MemoryReads(threads: report.threads)
            // A gibibyte or more in all.
            let slices = max(1, 4 / max(1, newTokens))
            decoder.rewind(to: promptTokens)
            var tokens = [0]
            var seconds = 0.0
            for _ in 0..<newTokens {
                reads.read(slices: slices)
                let started = ContinuousClock.now
                tokens[0] = try largest(decoder.append(tokens), &sampler)
                seconds +=
                    (ContinuousClock.now - started).seconds - (decoder.takeRecomputation()?.seconds ?? 0)
            }
            report.memoryReadRate = reads.rate
            guard newTokens > 0, reads.rate > 0 else { return }
            report.memoryFraction = Double(report.bytesPerToken * newTokens) / seconds / reads.rate
        }

        /// The likeliest token, chosen as generation chooses it.
        private func largest(_ logits: Tensor, _ sampler: inout Sampler) throws -> Int {
            let values = UnsafeMutableBufferPointer(
                start: logits.mutableBaseAddress.assumingMemoryBound(to: Float.self),
                count: logits.shape.elementCount)
            return try withExtendedLifetime(logits) { try sampler.sample(values, history: []) }
        }

        /// Without the penalties of the model's configuration, which would take time of their own.
        private func greedySampler(_ model: LanguageModel) -> Sampler {
            var options = GenerationOptions()
            options.temperature = 0
            options.repetitionPenalty = 1
            return Sampler(options, defaults: model.configuration.search)
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
                "cached_weights": .bool(usesCachedWeights),
                "prefill_tokens_per_second": number(Self.median(prefillRates)),
                "decode_tokens_per_second": number(Self.median(decodeRates)),
                "recomputed_tokens": .number(.integer(recomputedTokens)),
                "recomputation_seconds": number(Self.median(recomputationSeconds)),
                "peak_rss_bytes": .number(.integer(peakBytes)),
                "memory_read_bytes_per_second": number(memoryReadRate),
                "bytes_per_token": .number(.integer(bytesPerToken)),
                "decode_memory_fraction": number(memoryFraction),
                "profiles": .array(profiles.map(\.json)),
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
            let recomputation =
                recomputedTokens > 0
                ? """

                changing the rotary tables read \(recomputedTokens) tokens again in \
                \(String(format: "%.3f", Self.median(recomputationSeconds))) s, which decode leaves out
                """ : ""
            return """
                load      \(String(format: "%.3f", loadSeconds)) s\(usesCachedWeights ? ", packed before" : "")
                prefill   \(String(format: "%.1f", Self.median(prefillRates))) tokens/s
                decode    \(String(format: "%.1f", Self.median(decodeRates))) tokens/s\(memory)\(recomputation)
                peak RSS  \(ByteAmount(peakBytes))
                threads   \(threads)
                """
        }
    }
#endif
