// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

extension ModelStore {
    /// Removes a model, and what is left of an unfinished download of it.
    ///
    /// The name goes first, at once; what was half removed when the process ended is removed by the next. Of a link
    /// that leads to a folder of others only the link goes.
    ///
    /// - Returns: the bytes that the disk got back.
    /// - Throws: `store.foreign` for a model in the cache of huggingface_hub, `store.locked`, `io.*`.
    @discardableResult
    package func remove(_ model: StoredModel) throws(ONNXError) -> Int {
        guard model.place != .huggingFace else {
            throw ONNXError(
                "store.foreign",
                "\(model.name) is in the cache of huggingface_hub, which other programs use too. \"hf cache rm model/\(model.name.split(separator: "/").prefix(2).joined(separator: "/"))\" removes it there."
            )
        }
        let target =
            model.place == .partial ? PartialModel.target(ofPath: model.path) ?? model.path : model.path
        let lock = try ModelLock(of: target)
        defer { withExtendedLifetime(lock) {} }
        Recovery.runLocked(target)
        var freed = 0
        if model.place == .linked, let real = Disk.realPath(target), isOurs(real, model.name) {
            freed += try Disk.removeTree(real)
        }
        for path in [target, PartialModel.path(beside: target)] where Disk.entry(path) != nil {
            let removed = Recovery.removed(target)
            try Disk.rename(path, to: removed)
            freed += try Disk.removeTree(removed)
        }
        Disk.removeName(usedMark(of: model.name))
        return freed
    }

    /// Whether a folder that a link of the store leads to is the store's own, and not one that somebody keeps
    /// elsewhere for purposes of their own: a move puts its name and the owner's above its manifest.
    func isOurs(_ folder: String, _ name: String) -> Bool {
        guard let id = try? ModelID(name), folder.hasSuffix("/\(id.owner)/\(id.folderName)") else {
            return false
        }
        return Disk.entry("\(folder)/\(ModelManifest.fileName)") != nil
    }
}
