// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXErrors
    import ONNXModelStore

    /// Which files of a repository make up a model.
    struct PullSelection: Sendable {
        /// The model with its folder in the repository, which may have been found and not given.
        let id: ModelID
        /// Every file of the repository by its path.
        let files: [String: HubFile]
        /// The small files, and under which names they go into the model's folder.
        let configurations: [(name: String, file: HubFile)]

        private static let smallByteLimit = 128 << 20

        /// - Throws: `pull.no_model`, `pull.choose` listing the folders with models.
        init(_ wanted: ModelID, _ list: [HubFile]) throws(ONNXError) {
            files = Dictionary(list.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
            let folders = Set(list.filter { $0.name.hasSuffix(".onnx") }.map(\.folder))
            var folder = wanted.subfolder.joined(separator: "/")
            if !folders.contains(folder) {
                let below = folders.filter { folder.isEmpty || $0.hasPrefix(folder + "/") }.sorted()
                let forCPU = below.filter { $0.lowercased().contains("cpu") }
                guard let only = below.count == 1 ? below.first : forCPU.count == 1 ? forCPU.first : nil
                else {
                    throw Self.choice(wanted, below, list)
                }
                folder = only
            }
            id = try ModelID(folder.isEmpty ? wanted.repository : "\(wanted.repository)/\(folder)")
            var chosen: [String: HubFile] = [:]
            for file in list where file.folder == folder && Self.isConfiguration(file) {
                chosen[file.name] = file
            }
            // Some repositories keep graphs in a folder and what goes with them above it.
            var around = folder
            while !around.isEmpty, chosen["tokenizer.json"] == nil {
                around = around.lastIndex(of: "/").map { String(around[..<$0]) } ?? ""
                for file in list
                where file.folder == around && Self.isConfiguration(file) && chosen[file.name] == nil {
                    chosen[file.name] = file
                }
            }
            configurations = chosen.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }

        private static func isConfiguration(_ file: HubFile) -> Bool {
            let name = file.name
            guard !name.hasPrefix("."), file.byteCount <= smallByteLimit else { return false }
            if name.uppercased().hasPrefix("LICENSE") { return true }
            return [".json", ".jinja", ".txt", ".model"].contains { name.hasSuffix($0) }
        }

        private static func choice(_ id: ModelID, _ folders: [String], _ list: [HubFile]) -> ONNXError {
            guard !folders.isEmpty else {
                let place = id.subfolder.isEmpty ? id.repository : "\(id)"
                return ONNXError(
                    "pull.no_model",
                    "\(place) holds no .onnx file. Look for the model in the ONNX format, or import a GGUF file."
                )
            }
            let lines = folders.map { folder in
                let size = list.filter { $0.folder == folder }.reduce(0) { $0 + $1.byteCount }
                return "\n  onnxlm pull \(id.repository)/\(folder)   (\(size) bytes)"
            }
            return ONNXError(
                "pull.choose", "\(id) holds models in \(folders.count) folders; name one:\(lines.joined())")
        }

        /// The file in the model's folder with this name.
        func file(_ name: String) -> HubFile? {
            files[(id.subfolder + [name]).joined(separator: "/")]
        }

        /// The model file, when the configuration names none.
        func modelFile(named name: String) throws(ONNXError) -> HubFile {
            if let file = file(name) { return file }
            let folder = id.subfolder.joined(separator: "/")
            let others = files.values.filter { $0.folder == folder && $0.name.hasSuffix(".onnx") }.map(\.name)
                .sorted()
            throw ONNXError(
                "pull.no_model",
                "\(id) holds no \"\(name)\", which is the file that is loaded. It holds \(others.joined(separator: ", "))."
            )
        }
    }
#endif
