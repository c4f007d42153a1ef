// SPDX-License-Identifier: Apache-2.0
#if Command
    import ONNXErrors
    import ONNXGeneration
    import ONNXGraph
    import ONNXImport
    import ONNXInference
    import ONNXJSON
    import ONNXOperators
    import ONNXTensors

    /// What `inspect` tells of a model file, found without its weights.
    struct ModelDescription {
        private let model: Model
        private let report: ImportReport
        private let support: SupportReport
        private let speed: SpeedReport
        /// What `genai_config.json` beside the model says, where there is one.
        private let configuration: GenerationConfig?
        /// Nil: sessions choose.
        private let chosenCacheType: CacheType?

        init(path: String, cacheType: CacheType?) throws(ONNXError) {
            chosenCacheType = cacheType
            (model, report) = try ModelReader.read(path: path, options: ImportOptions(externalData: .skipped))
            configuration = try? ModelFolder(path).generation
            support = SupportReport(model.graph, operatorSets: model.operatorSets, registry: .builtin)
            speed = SpeedReport(model.graph, externalNames: Set(report.externalTensors.map(\.name)))
        }

        /// Whether the model can run here, data files apart.
        var canRun: Bool { support.problems.isEmpty }

        /// `runs`, `runs_slowly` or `cannot_run`.
        private var verdict: String {
            canRun ? (speed.reasons.isEmpty ? "runs" : "runs_slowly") : "cannot_run"
        }

        /// The graph's inputs without those that have a constant value.
        private var inputs: [ValueInfo] {
            let external = Set(report.externalTensors.map(\.name))
            return model.graph.inputs.filter {
                model.graph.initializers[$0.name] == nil && !external.contains($0.name)
            }
        }

        /// Tensors and bytes by element type, subgraphs included.
        private var weights: [(type: ElementType, count: Int, byteCount: Int)] {
            var totals: [ElementType: (count: Int, byteCount: Int)] = [:]
            func add(_ type: ElementType, _ bytes: Int) {
                totals[type, default: (0, 0)].count += 1
                totals[type, default: (0, 0)].byteCount += bytes
            }
            func visit(_ graph: Graph) {
                for tensor in graph.initializers.values { add(tensor.elementType, tensor.byteCount) }
                for node in graph.nodes {
                    for attribute in node.attributes.values {
                        if case .tensor(let tensor) = attribute { add(tensor.elementType, tensor.byteCount) }
                        if case .graph(let inner) = attribute { visit(inner) }
                    }
                }
            }
            visit(model.graph)
            for tensor in report.externalTensors { add(tensor.elementType, tensor.byteCount) }
            return totals.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                ($0.key, $0.value.count, $0.value.byteCount)
            }
        }

        /// The inputs whose caches a session keeps itself, in a type of its own choice.
        private var sessionCaches: Set<String> {
            let attention = model.graph.nodes.filter { $0.operatorType == "GroupQueryAttention" }
            return Set(attention.flatMap { $0.inputs.dropFirst(3).prefix(2) })
        }

        /// The caches: inputs of four dimensions whose length is open. Dimensions that the graph leaves open come from
        /// the configuration. The element type is nil where a session chooses it.
        private var caches: [(heads: Int, headSize: Int, type: ElementType?)] {
            func length(_ dimension: Dimension, _ configured: Int?) -> Int? {
                if case .fixed(let length) = dimension { return length }
                return configured
            }
            let sessionCaches = sessionCaches
            return inputs.compactMap { input in
                guard case .tensor(let type, let dimensions?)? = input.type, dimensions.count == 4,
                    let heads = length(dimensions[1], configuration?.keyValueHeadCount),
                    let size = length(dimensions[3], configuration?.headSize)
                else { return nil }
                let isOurs = type == .float32 && sessionCaches.contains(input.name)
                return (heads, size, isOurs ? nil : type)
            }
        }

        /// The element type of the caches that sessions keep; nil where they keep none.
        private var cacheType: CacheType? {
            let ours = caches.filter { $0.type == nil }
            if ours.isEmpty { return nil }
            return chosenCacheType
                ?? .automatic(
                    quantizesActivations: CacheType.quantizesActivations(model.graph),
                    headSizes: ours.map(\.headSize))
        }

        /// Bytes that one token adds to the caches.
        private var cacheBytesPerToken: Int {
            let chosen = cacheType ?? .float32
            return caches.reduce(0) { sum, cache in
                let rowBytes =
                    cache.type.map { cache.headSize * $0.bitWidth / 8 }
                    ?? chosen.byteCount(headSize: cache.headSize)
                return sum + cache.heads * rowBytes
            }
        }

        /// How the caches' element type came to be, for readers.
        private var cacheNote: String {
            guard let cacheType else { return "" }
            let reason = chosenCacheType == nil ? "chosen for this model and processor" : "as asked for"
            return ", \(cacheType) (\(reason))"
        }

        private var missingFiles: [DataFileInfo] {
            report.dataFiles.filter { ($0.presentByteCount ?? -1) < $0.neededByteCount }
        }

        var json: JSONValue {
            [
                "file": .string(report.path),
                "file_bytes": .number(.integer(report.fileByteCount)),
                "ir_version": .number(.integer(model.irVersion)),
                "producer": .string("\(model.producerName) \(model.producerVersion)"),
                "opsets": .object(
                    Self.object(model.operatorSets.map { ($0.key.isEmpty ? "ai.onnx" : $0.key, $0.value) })),
                "inputs": .array(inputs.map(Self.value)),
                "outputs": .array(model.graph.outputs.map(Self.value)),
                "operators": .object(Self.object(support.operatorCounts.map { ($0.key, $0.value) })),
                "weights": .array(
                    weights.map { weight in
                        [
                            "type": .string(weight.type.description),
                            "tensors": .number(.integer(weight.count)),
                            "bytes": .number(.integer(weight.byteCount)),
                        ]
                    }),
                "data_files": .array(
                    report.dataFiles.map { file in
                        [
                            "name": .string(file.location),
                            "needed_bytes": .number(.integer(file.neededByteCount)),
                            "present_bytes": file.presentByteCount.map { .number(.integer($0)) } ?? .null,
                        ]
                    }),
                "kv_bytes_per_token": .number(.integer(cacheBytesPerToken)),
                "cache_type": cacheType.map { .string($0.rawValue) } ?? .null,
                "supported": .bool(canRun),
                "verdict": .string(verdict),
                "slowdowns": .array(
                    speed.reasons.map { reason in
                        [
                            "code": .string(reason.code), "message": .string(reason.message),
                            "count": .number(.integer(reason.count)), "first": .string(reason.first),
                        ]
                    }),
                "problems": .array(
                    support.problems.map { problem in
                        [
                            "code": .string(problem.code.rawValue), "domain": .string(problem.domain),
                            "operator": .string(problem.operatorType),
                            "version": .number(.integer(problem.version)),
                            "count": .number(.integer(problem.count)), "node": .string(problem.node),
                            "message": .string(problem.message),
                        ]
                    }),
                "warnings": .array(report.warnings.map { .string($0) }),
            ]
        }

        var text: String {
            var lines = [
                "\(report.path): IR \(model.irVersion), written by \(model.producerName) \(model.producerVersion)"
            ]
            let sets = model.operatorSets.sorted { $0.key < $1.key }
            lines.append(
                "operator sets: "
                    + sets.map { "\($0.key.isEmpty ? "ai.onnx" : $0.key) \($0.value)" }.joined(
                        separator: ", "))
            lines.append("inputs:")
            lines += Self.list(inputs)
            lines.append("outputs:")
            lines += Self.list(model.graph.outputs)
            lines.append("operators:")
            lines += support.operatorCounts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
                "  \($0.value) × \($0.key)"
            }
            lines.append("weights:")
            lines += weights.map { "  \($0.type): \($0.count) tensors, \(ByteAmount($0.byteCount))" }
            lines.append("cache: \(ByteAmount(cacheBytesPerToken)) a token\(cacheNote)")
            for file in report.dataFiles {
                let present = file.presentByteCount.map { "\(ByteAmount($0)) there" } ?? "missing"
                lines.append(
                    "data file \"\(file.location)\": \(ByteAmount(file.neededByteCount)) needed, \(present)")
            }
            lines += report.warnings.map { "warning: \($0)" }
            lines += support.problems.map { "cannot run: \($0.count) × \($0.message) First: \($0.node)." }
            lines += speed.reasons.map { "slow: \($0.count) × \($0.message) First: \($0.first)." }
            let slowly = speed.reasons.isEmpty ? "" : ", but slower than it could for the reasons above"
            if !canRun {
                lines.append("This model does not run here.")
            } else if missingFiles.isEmpty {
                lines.append("This model runs here\(slowly).")
            } else {
                lines.append("This model runs here\(slowly), once its data files are complete.")
            }
            return lines.joined(separator: "\n")
        }

        private static func object(_ members: [(String, Int)]) -> JSONObject {
            var object = JSONObject()
            for (key, value) in members.sorted(by: { $0.0 < $1.0 }) { object[key] = .number(.integer(value)) }
            return object
        }

        private static func value(_ info: ValueInfo) -> JSONValue {
            ["name": .string(info.name), "type": info.type.map { .string($0.description) } ?? .null]
        }

        /// A line for each value, with long rows of alike ones cut.
        private static func list(_ values: [ValueInfo]) -> [String] {
            let shown = values.prefix(8).map { "  \($0.name): \($0.type?.description ?? "?")" }
            return shown + (values.count > 8 ? ["  … and \(values.count - 8) more"] : [])
        }
    }
#endif
