// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import ONNXErrors
    import ONNXJSON
    import ONNXModelStore

    /// `onnxlm models`: what is on this machine.
    struct ModelsCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "models",
            abstract: "Lists the models on this machine: size, type, complete or not, last used.",
            discussion: """
                They are in the folder that ONNXLM_MODELS names, else in onnxlm/models in XDG_DATA_HOME, else in \
                ~/.local/share/onnxlm/models; folders there may be links to other disks. Models in the cache of \
                huggingface_hub are listed and used where they are. All commands take the names as well as paths.
                Example: onnxlm models
                """)

        @Flag(help: "Print one JSON array.")
        var json = false

        func run() throws {
            let store = try StoredModels.store()
            let models = store.models()
            if json { return Console.line(JSONValue.array(models.map(Self.json)).jsonText(style: .indented)) }
            for model in models {
                let problems = model.problems()
                let state = problems.isEmpty ? "complete" : "incomplete: \(problems.joined(separator: "; "))"
                let columns = [
                    model.name, ByteAmount(model.byteCount).description,
                    model.type.isEmpty ? "-" : model.type,
                    state, "used \(StoredModels.day(model.lastUsed))",
                    model.place == .store ? model.path : "\(model.place.rawValue) \(model.realPath)",
                ]
                Console.line(columns.joined(separator: "\t"))
            }
            let total = models.filter { $0.place != .huggingFace }.reduce(0) { $0 + $1.byteCount }
            Console.line("\(ByteAmount(total)) in \(store.root)")
        }

        private static func json(_ model: StoredModel) -> JSONValue {
            let problems = model.problems()
            return [
                "name": .string(model.name), "path": .string(model.path),
                "place": .string(model.place.rawValue), "bytes": .number(.integer(model.byteCount)),
                "type": .string(model.type), "complete": .bool(problems.isEmpty),
                "problems": .array(problems.map { .string($0) }),
                "last_used": model.lastUsed.map { .number(.integer($0)) } ?? .null,
                "commit": model.manifest?.commit.map { .string($0) } ?? .null,
            ]
        }
    }

    /// `onnxlm verify`: are the files what they were when they came.
    struct VerifyCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Reads every file of a model and compares its SHA-256 sum with the recorded one.",
            discussion: """
                Example: onnxlm verify microsoft/Phi-4-mini-instruct-onnx
                """)

        @Argument(help: "The model's name; all models with recorded sums if none is given.")
        var models: [String] = []

        @Flag(help: "Record the sums that the files have now, as those to compare with later.")
        var record = false

        func validate() throws {
            if record, models.isEmpty { throw ValidationError("--record needs the name of a model.") }
        }

        func run() throws {
            let store = try StoredModels.store()
            var problems = 0
            let chosen = try models.map { try store.model($0) }
            for model in chosen.isEmpty ? store.models().filter({ $0.place != .partial }) : chosen {
                if record {
                    let display = ProgressDisplay()
                    let total = max(1, model.byteCount)
                    let manifest = try ModelVerification.record(model) { done throws(ONNXError) in
                        display.show(Double(done) / Double(total), model.name)
                    }
                    display.finish()
                    Console.line("\(model.name)\trecorded \(manifest.files.count) files")
                    continue
                }
                if chosen.isEmpty, model.manifest == nil, model.place != .huggingFace {
                    Console.line("\(model.name)\tnothing recorded")
                    continue
                }
                problems += try Self.verify(model)
            }
            guard problems == 0 else {
                throw ONNXError(
                    "store.damaged",
                    "\(problems) files are damaged, missing or of a wrong length. \"onnxlm pull --verify NAME\" fetches those again and keeps the others."
                )
            }
        }

        private static func verify(_ model: StoredModel) throws -> Int {
            let display = ProgressDisplay()
            let total = max(1, ModelVerification.byteCount(of: model))
            let verification = try ModelVerification(model) { done throws(ONNXError) in
                display.show(Double(done) / Double(total), model.name)
            }
            display.finish()
            var problems = 0
            for item in verification.items {
                let text =
                    switch item.verdict {
                    case .intact: "intact"
                    case .unknown: "no sum recorded"
                    case .missing: "missing"
                    case .wrongLength(let count, let expected): "has \(count) of \(expected) bytes"
                    case .damaged(let sum, let expected): "damaged: sum \(sum), recorded \(expected)"
                    }
                if item.verdict.isProblem { problems += 1 }
                Console.line("\(model.name)/\(item.name)\t\(text)")
            }
            return problems
        }
    }

    /// `onnxlm remove`: gives a model's bytes back.
    struct RemoveCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract:
                "Removes a model, what is left of an unfinished download of it, and its packed weights.",
            discussion: """
                Example: onnxlm remove microsoft/Phi-4-mini-instruct-onnx
                """)

        @Argument(help: "The model's name.")
        var model: String

        func run() throws {
            let store = try StoredModels.store()
            let model = try store.model(self.model)
            let packed = PackedLeftovers(ofFolder: model.realPath)
            let freed = try store.remove(model)
            Console.line("\(ByteAmount(freed + packed.remove())) removed")
        }
    }

    /// `onnxlm move`: to another disk.
    struct MoveCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "move",
            abstract: "Moves a model to a folder of models on another disk, and leaves a link in its place.",
            discussion: """
                The copy is read back and compared before the old one goes. Moving to the folder that ONNXLM_MODELS \
                names brings it back.
                Example: onnxlm move microsoft/Phi-4-mini-instruct-onnx /mnt/large/models
                """)

        @Argument(help: "The model's name.")
        var model: String

        @Argument(help: "The folder of models that it goes to; made if it is not there.")
        var destination: String

        func run() throws {
            let store = try StoredModels.store()
            let model = try store.model(self.model)
            let packed = PackedLeftovers(ofFolder: model.realPath)
            let total = max(1, 2 * model.byteCount)
            let display = ProgressDisplay()
            let place = try store.move(model, to: destination) { done throws(ONNXError) in
                display.show(Double(done) / Double(total), model.name)
            }
            display.finish()
            packed.remove()
            Console.line(place)
        }
    }
#endif
