// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

/// The folder in which models live, `OWNER/NAME` each, and the cache of huggingface_hub beside it.
///
/// Models appear whole: they are put together under a name that begins with a dot and get their own when complete.
/// Any folder on the way, or a model itself, may be a symbolic link to another disk.
package struct ModelStore: Sendable {
    /// The folder, which may not exist yet.
    package let root: String
    package let huggingFace: HuggingFaceCache?

    package init(root: String, huggingFace: HuggingFaceCache? = nil) {
        self.root = root
        self.huggingFace = huggingFace
    }

    /// The store that the environment names.
    ///
    /// - Throws: `config.models_folder` when it names none.
    package init(_ environment: StoreEnvironment) throws(ONNXError) {
        guard let root = environment.modelsFolder else {
            throw ONNXError(
                "config.models_folder",
                "There is no folder for models: neither HOME nor \(StoreEnvironment.modelsName) is set.")
        }
        self.init(
            root: Disk.absolute(root), huggingFace: environment.huggingFaceCache.map(HuggingFaceCache.init))
    }

    /// The folder that an argument means: a path that exists, else a model of the store that the environment names, or of
    /// the cache of huggingface_hub, which then counts as used; the argument itself where neither is there, so that
    /// whoever reads it says so.
    package static func path(_ argument: String) -> String {
        guard Disk.entry(argument, followsLinks: true) == nil, let store = try? ModelStore(.current),
            let model = try? store.model(argument), model.place != .partial
        else { return argument }
        store.markUsed(model)
        return model.path
    }

    /// Where a model stands or will stand.
    package func folder(of id: ModelID) -> String { "\(root)/\(id.owner)/\(id.folderName)" }

    /// The model of that name, in the store or in the cache of huggingface_hub.
    ///
    /// - Parameter name: `OWNER/NAME[/SUBFOLDER]`, or the name of a folder that somebody put into the store.
    /// - Throws: `store.not_found`, naming what is there.
    package func model(_ name: String) throws(ONNXError) -> StoredModel {
        if let id = try? ModelID(name) {
            Recovery.run(folder(of: id))
            let path = folder(of: id)
            if Disk.isFolder(path) { return stored(path, name: id.description) }
            if let path = huggingFace?.folder(of: id) {
                return StoredModel(name: id.description, path: path, place: .huggingFace, store: self)
            }
            if let partial = PartialModel(beside: path) {
                return StoredModel(name: id.description, path: partial.path, place: .partial, store: self)
            }
        }
        if FileName.objection(to: name) == nil, !name.hasPrefix("."), Self.isModel("\(root)/\(name)") {
            return stored("\(root)/\(name)", name: name)
        }
        let known = models().map(\.name)
        let list =
            known.isEmpty ? "There are none." : "There are: \(known.prefix(10).joined(separator: ", "))."
        throw ONNXError(
            "store.not_found", "There is no model \"\(name.prefix(120))\" in \"\(root)\". \(list)")
    }

    /// Every model, sorted by name: those of the store, unfinished downloads, and those that huggingface_hub has.
    package func models() -> [StoredModel] {
        var result: [StoredModel] = []
        for owner in Disk.names(in: root) where !owner.hasPrefix(".") && Disk.isFolder("\(root)/\(owner)") {
            let path = "\(root)/\(owner)"
            if Self.isModel(path) {
                result.append(stored(path, name: owner))
                continue
            }
            for name in Disk.names(in: path) { Recovery.run(ifNeededBy: "\(path)/\(name)") }
            for name in Disk.names(in: path) {
                let folder = "\(path)/\(name)"
                if let target = PartialModel.target(ofPath: folder) {
                    result.append(
                        StoredModel(
                            name: Self.name(owner, Disk.name(of: target)), path: folder, place: .partial,
                            store: self))
                } else if !name.hasPrefix("."), Self.isModel(folder) {
                    result.append(stored(folder, name: Self.name(owner, name)))
                }
            }
        }
        result += huggingFace?.models(store: self) ?? []
        return result.sorted { ($0.name, $0.path) < ($1.name, $1.path) }
    }

    private func stored(_ path: String, name: String) -> StoredModel {
        let isLinked = Disk.entry(path)?.kind == .link
        return StoredModel(name: name, path: path, place: isLinked ? .linked : .store, store: self)
    }

    private static func name(_ owner: String, _ folder: String) -> String {
        var parts: [Substring] = []
        var rest = Substring(folder)
        while let range = rest.firstRange(of: "--") {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return "\(owner)/\((parts + [rest]).joined(separator: "/"))"
    }

    /// Whether a folder holds a model, whole or not.
    static func isModel(_ folder: String) -> Bool {
        Disk.names(in: folder).contains {
            $0.hasSuffix(".onnx") || $0 == "genai_config.json" || $0 == ModelManifest.fileName
        }
    }

    /// Notes that a model is used now.
    package func markUsed(_ model: StoredModel) {
        guard Disk.isFolder(root) else { return }
        try? Disk.makeFolders("\(root)/\(Self.usedFolder)")
        Disk.touch(usedMark(of: model.name))
    }

    static let usedFolder = ".used"

    func usedMark(of name: String) -> String {
        "\(root)/\(Self.usedFolder)/\(String(name.map { $0 == "/" ? "+" : $0 }))"
    }
}
