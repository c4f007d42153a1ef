// SPDX-License-Identifier: Apache-2.0
import ONNXInference
package import ONNXKernels
package import ONNXModelStore
import ONNXPackCache

/// Looks at what any model needs of this machine: processor, memory, disks, folders.
///
///     for finding in MachineCheck(environment: [:]).findings where finding.severity != .good { print(finding) }
public struct MachineCheck: Sendable {
    /// What the check looks at, so that it can be asked about other machines than this one.
    package struct Facts: Sendable {
        package var isX86: Bool
        package var features: CPUFeatures
        package var level: CPULevel
        package var coreCount: Int
        package var memory: MemoryBudget
        package var store: ModelStore?
        package var cacheFolder: String?
        package var cacheLimitText: String?
        package var tokenFile: String?

        package init(
            isX86: Bool, features: CPUFeatures, level: CPULevel, coreCount: Int, memory: MemoryBudget,
            store: ModelStore?, cacheFolder: String?, cacheLimitText: String? = nil, tokenFile: String? = nil
        ) {
            self.isX86 = isX86
            self.features = features
            self.level = level
            self.coreCount = coreCount
            self.memory = memory
            self.store = store
            self.cacheFolder = cacheFolder
            self.cacheLimitText = cacheLimitText
            self.tokenFile = tokenFile
        }

        /// This machine, with the folders that an environment names.
        package init(_ environment: StoreEnvironment) {
            #if arch(x86_64)
                let isX86 = true
            #else
                let isX86 = false
            #endif
            let highest = CPULevel.highest(for: .current)
            self.init(
                isX86: isX86, features: .current,
                level: EngineEnvironment.cpuLevel.map { min($0, highest) } ?? highest,
                coreCount: AvailableCores.count, memory: .current, store: try? ModelStore(environment),
                cacheFolder: EngineEnvironment.cacheFolder, cacheLimitText: EngineEnvironment.cacheLimit,
                tokenFile: environment.hubTokenFile)
        }
    }

    /// What was found, in the order in which it was looked for.
    public let findings: [Finding]

    /// Looks at the machine that this process runs on.
    ///
    /// - Parameter environment: the process's environment, which names the folders.
    public init(environment: [String: String]) { self.init(Facts(StoreEnvironment(environment))) }

    package init(_ facts: Facts) {
        findings =
            [Self.processor(facts), Self.memory(facts)] + Self.models(facts) + Self.cache(facts)
            + Self.token(facts)
    }

    private static func processor(_ facts: Facts) -> Finding {
        let cores = "\(facts.coreCount) \(facts.coreCount == 1 ? "core" : "cores")"
        let level = facts.level.rawValue
        guard facts.isX86 else {
            return Finding(
                .warning, "processor",
                "\(cores); no vector kernels exist for this kind of processor, plain ones serve, which are slow",
                code: "cpu.no_kernels")
        }
        if facts.level == .reference {
            if facts.features.hasAVX2Kernels {
                return Finding(
                    .warning, "processor",
                    "\(cores); AVX2 is there but not used: plain kernels are many times slower",
                    code: "cpu.limited", remedy: "unset \(EngineEnvironment.cpuLevelName)")
            }
            let missing = [
                ("AVX2", facts.features.avx2), ("FMA", facts.features.fma), ("F16C", facts.features.f16c),
                ("an operating system that keeps vector registers", facts.features.savesVectorState),
            ].filter { !$0.1 }.map(\.0)
            return Finding(
                .problem, "processor",
                "\(cores); it lacks \(missing.joined(separator: ", ")), so plain kernels serve, which are many times slower: a model of a billion parameters is not usable here",
                code: "cpu.old", remedy: "onnxlm chat --provider openai-compatible:MODEL")
        }
        return Finding(.good, "processor", "\(cores), kernels \(level)")
    }

    private static func memory(_ facts: Facts) -> Finding {
        let memory = facts.memory
        let text =
            "\(memory.availableByteCount >> 20) MiB of \(memory.physicalByteCount >> 20) MiB are free, bounded by \(memory.bound)"
        guard memory.availableByteCount >= 512 << 20 else {
            return Finding(
                .warning, "memory", text + "; that is enough for the smallest of models only",
                code: "memory.insufficient", remedy: "onnxlm plan MODEL --cache-type int8")
        }
        return Finding(.good, "memory", text)
    }

    private static func models(_ facts: Facts) -> [Finding] {
        guard let store = facts.store else {
            return [
                Finding(
                    .problem, "models", "no folder: neither HOME nor \(StoreEnvironment.modelsName) is set",
                    code: "config.models_folder", remedy: "export \(StoreEnvironment.modelsName)=FOLDER")
            ]
        }
        var result = [folder("models", store.root, isNeeded: true)]
        for model in store.models() where model.place != .huggingFace {
            let problems = model.problems()
            guard let first = problems.first else { continue }
            result.append(
                Finding(
                    .warning, model.name, "not complete: \(first)", code: "store.incomplete",
                    remedy: "onnxlm pull \(model.name)"))
        }
        return result
    }

    private static func cache(_ facts: Facts) -> [Finding] {
        guard let folder = facts.cacheFolder else {
            return [
                Finding(
                    .warning, "packed weights", "no folder to keep them: every load packs anew",
                    code: "config.cache_folder",
                    remedy: "export \(EngineEnvironment.cacheFolderName)=FOLDER")
            ]
        }
        var result = [self.folder("packed weights", folder, isNeeded: false)]
        if let text = facts.cacheLimitText, WeightCache.byteCount(text) == nil {
            result.append(
                Finding(
                    .warning, EngineEnvironment.cacheLimitName,
                    "\"\(text.prefix(40))\" is no number of bytes and is ignored",
                    code: "config.cache_limit", remedy: "export \(EngineEnvironment.cacheLimitName)=32G"))
        }
        return result
    }

    /// A folder that is written to, or will be made.
    private static func folder(_ subject: String, _ path: String, isNeeded: Bool) -> Finding {
        let severity: Finding.Severity = isNeeded ? .problem : .warning
        var place = path
        while Disk.entry(place) == nil, place != "/", place != "." { place = Disk.parent(of: place) }
        guard Disk.entry(place, followsLinks: true) != nil else {
            return Finding(
                severity, subject, "\"\(place)\" is a link that leads nowhere; is a disk missing?",
                code: "io.dangling",
                remedy: "ls -l '\(place)'")
        }
        guard Disk.isFolder(place) else {
            return Finding(
                severity, subject, "\"\(place)\" is no folder", code: "io.not_a_folder",
                remedy: "mv '\(place)' '\(place).old'")
        }
        guard Disk.isWritable(place) else {
            return Finding(
                severity, subject, "\"\(place)\" must not be written to by this user", code: "io.permission",
                remedy: "chmod u+rwx '\(place)'")
        }
        let free = Disk.space(at: place)?.freeByteCount ?? 0
        guard free >= 1 << 30 else {
            return Finding(
                .warning, subject, "the disk of \"\(place)\" has only \(free >> 20) MiB free",
                code: "io.no_space",
                remedy: isNeeded ? "onnxlm models" : "onnxlm cache clear")
        }
        return Finding(.good, subject, "\"\(path)\", \(free >> 30) GiB free")
    }

    private static func token(_ facts: Facts) -> [Finding] {
        guard let file = facts.tokenFile, Disk.isOpenToOthers(file) else { return [] }
        return [
            Finding(
                .warning, "token", "others may read \"\(file)\"", code: "io.token_permissions",
                remedy: "chmod 600 '\(file)'")
        ]
    }
}
