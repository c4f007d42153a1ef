// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXImport
public import ONNXInference
import ONNXJSON
import ONNXModelStore

/// Looks at one model folder for what keeps it from running, and names what mends it.
///
///     let check = FolderCheck(folder: "models/smollm2-135m-instruct")
///     print(check.findings.contains { $0.severity == .problem })  // false
public struct FolderCheck: Sendable {
    /// What was found, in the order in which it was looked for.
    public private(set) var findings: [Finding] = []

    private let folder: String
    private let fetches: String

    /// Looks at a folder; its weights are not read.
    ///
    /// - Parameters:
    ///   - folder: the model's folder.
    ///   - name: the model's name on a hub, where it is known, for commands that fetch it again.
    ///   - options: as it would be loaded.
    public init(folder: String, name: String? = nil, options: LoadOptions = LoadOptions()) {
        self.init(folder: folder, name: name, options: options, memory: .current)
    }

    package init(folder: String, name: String?, options: LoadOptions, memory: MemoryBudget) {
        self.folder = folder
        fetches = "onnxlm pull \(name ?? "OWNER/NAME")"
        guard Disk.isFolder(folder) else {
            add(.problem, folder, "there is no such folder", "model.not_found", fetches)
            return
        }
        guard Disk.isReadable(folder) else {
            add(
                .problem, folder, "this user may not read the folder", "io.permission",
                "chmod u+rx '\(folder)'")
            return
        }
        checkConfigurations()
        let isConfigured = !findings.contains { $0.severity == .problem && $0.subject != "tokenizer.json" }
        guard checkModelFile(), isConfigured else { return }
        checkPlan(options, memory)
    }

    private mutating func add(
        _ severity: Finding.Severity, _ subject: String, _ message: String, _ code: String = "",
        _ remedy: String? = nil
    ) {
        findings.append(Finding(severity, subject, message, code: code, remedy: remedy))
    }

    /// The small files: readable, JSON, and what they are said to be.
    private mutating func checkConfigurations() {
        for name in ["genai_config.json", "config.json", "tokenizer.json", "tokenizer_config.json"] {
            let path = "\(folder)/\(name)"
            guard Disk.entry(path) != nil else { continue }
            if let finding = FileCheck.finding(path, name, fetches, folder) {
                findings.append(finding)
            } else {
                do throws(ONNXError) {
                    _ = try JSONValue(contentsOf: path)
                } catch {
                    add(.problem, name, error.message, error.code.rawValue, fetches)
                }
            }
        }
        if Disk.entry("\(folder)/tokenizer.json") == nil {
            add(
                .problem, "tokenizer.json", "missing: the model takes token numbers only, no text",
                "tokenizer.missing", fetches)
        }
    }

    /// The model file and the data files beside it; whether the model file could be read.
    private mutating func checkModelFile() -> Bool {
        let path = FolderCompleteness.modelFile(of: folder)
        let name = Disk.name(of: path)
        if Disk.entry(path) == nil {
            let others = Disk.names(in: folder).filter { $0.hasSuffix(".onnx") }
            let hint = others.isEmpty ? "" : "; there is \(others.prefix(5).joined(separator: ", "))"
            add(.problem, name, "missing\(hint)", "model.not_found", fetches)
            return false
        }
        if let finding = FileCheck.finding(path, name, fetches, folder) {
            findings.append(finding)
            return false
        }
        let report: ImportReport
        do throws(ONNXError) {
            report = try ModelReader.read(path: path, options: ImportOptions(externalData: .skipped)).report
        } catch {
            add(.problem, name, "\(error.message) It is cut off or damaged.", error.code.rawValue, fetches)
            return false
        }
        add(.good, name, "\(report.fileByteCount) bytes, readable")
        var isWhole = true
        for file in report.dataFiles {
            let dataPath = "\(folder)/\(file.location)"
            if let finding = FileCheck.finding(
                dataPath, file.location, fetches, folder, needed: file.neededByteCount)
            {
                findings.append(finding)
                isWhole = false
            }
        }
        if isWhole, !report.dataFiles.isEmpty {
            let total = report.dataFiles.reduce(0) { $0 + $1.neededByteCount }
            add(.good, "data files", "\(report.dataFiles.count), complete with \(total) bytes")
        }
        checkManifest(except: Set(findings.filter { $0.severity == .problem }.map(\.subject)))
        return true
    }

    /// Lengths that were recorded when the model was complete.
    private mutating func checkManifest(except known: Set<String>) {
        let manifest: ModelManifest?
        do throws(ONNXError) { manifest = try ModelManifest(ofFolder: folder) } catch {
            add(.warning, ModelManifest.fileName, error.message, error.code.rawValue)
            return
        }
        for file in manifest?.files ?? [] where !known.contains(file.name) {
            let length = Disk.entry("\(folder)/\(file.name)", followsLinks: true)?.byteCount
            guard length != file.byteCount else { continue }
            let text = length.map { "has \($0) bytes instead of \(file.byteCount)" } ?? "missing"
            add(.problem, file.name, text, "store.incomplete", fetches)
        }
    }

    /// What the engine and the machine say to it.
    private mutating func checkPlan(_ options: LoadOptions, _ memory: MemoryBudget) {
        let plan: ModelPlan
        do throws(ONNXError) {
            plan = try ModelPlan(
                path: folder, options: options, context: nil, measuresSpeed: false, memory: memory)
        } catch {
            add(.problem, "model", error.message, error.code.rawValue, fetches)
            return
        }
        if plan.unsupported.isEmpty {
            add(.good, "operators", "this engine runs all of them")
        } else {
            add(
                .problem, "operators", plan.unsupported.joined(separator: " "), "op.unsupported",
                "onnxlm inspect '\(folder)'")
        }
        if let error = plan.memoryError {
            let smaller = plan.caches.max { $0.longestContext < $1.longestContext }
            let fits = smaller.map {
                $0.longestContext > 0
                    ? "onnxlm plan '\(folder)' --cache-type \($0.type) --context \($0.longestContext)" : nil
            }
            add(
                .problem, "memory", error.message, error.code.rawValue,
                fits.flatMap { $0 } ?? "onnxlm chat --provider openai-compatible:MODEL")
        } else {
            add(
                .good, "memory",
                "\(plan.neededByteCount >> 20) MiB needed with \(plan.context) tokens, \(plan.memory.availableByteCount >> 20) MiB free"
            )
        }
        for disk in plan.disks where disk.neededByteCount > disk.freeByteCount {
            add(
                disk.isOptional ? .warning : .problem, "disk",
                "the \(disk.purpose) need \(disk.neededByteCount) bytes, the disk of \"\(disk.path)\" has \(disk.freeByteCount) free",
                "io.no_space", disk.isOptional ? "onnxlm cache clear" : "onnxlm models")
        }
    }
}
