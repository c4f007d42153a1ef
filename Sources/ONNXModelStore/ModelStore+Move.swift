// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

extension ModelStore {
    /// Moves a model to another folder of models, usually on another disk, and leaves a link in its place; to the
    /// store's own folder, the link gives way to the model.
    ///
    /// On another disk the copy is read back and compared before the old one goes. A process that ends on the way
    /// leaves the old copy or the new one whole, and the model's name leads to it.
    ///
    /// - Parameters:
    ///   - destination: the folder that gets `OWNER/NAME`.
    ///   - progress: is told the bytes done so far, of twice the model's; throwing ends the move.
    /// - Returns: where the model is now.
    /// - Throws: `store.foreign`, `store.incomplete`, `store.damaged`, `store.locked`, `io.no_space`, `io.*`.
    package func move(
        _ model: StoredModel, to destination: String, progress: (Int) throws(ONNXError) -> Void = { _ in }
    ) throws(ONNXError) -> String {
        let target = model.path
        try Disk.makeFolders(destination)
        guard let newRoot = Disk.realPath(destination), let source = Disk.realPath(target) else {
            throw ONNXError("io.failed", "\"\(destination)\" or \"\(target)\" leads nowhere.")
        }
        try checkMovable(model)
        let isHome = Disk.realPath(root) == newRoot
        let suffix = target.dropFirst(root.count + 1)
        let place = isHome ? target : "\(newRoot)/\(suffix)"
        guard Disk.realPath(place) != source || (isHome && model.place == .linked) else {
            throw ONNXError("io.exists", "\(model.name) is in \"\(source)\" already.")
        }
        guard isHome || Disk.entry(place) == nil else {
            throw ONNXError("io.exists", "There is a \"\(place)\" already; remove or rename it.")
        }
        let lock = try ModelLock(of: target)
        let placeLock = isHome ? nil : try ModelLock(of: place)
        defer { withExtendedLifetime((lock, placeLock)) {} }
        Recovery.runLocked(target)
        try Disk.makeFolders(Disk.parent(of: place))
        let isOneDisk = Disk.entry(source)?.device == Disk.entry(Disk.parent(of: place))?.device
        let arrived = isOneDisk ? source : try copy(model, from: source, beside: place, progress)
        if isHome {
            try Disk.rename(target, to: Recovery.replaced(target))
            try Disk.rename(arrived, to: target)
            Disk.removeName(Recovery.replaced(target))
        } else {
            if !isOneDisk { try Disk.rename(arrived, to: place) }
            try Disk.makeLink(Recovery.link(target), to: place)
            try Disk.synchronize(folder: Disk.parent(of: place))
            if isOneDisk { try Disk.rename(source, to: place) }
            if Disk.entry(target)?.kind == .folder { try Disk.rename(target, to: Recovery.replaced(target)) }
            try Disk.rename(Recovery.link(target), to: target)
        }
        try Disk.synchronize(folder: Disk.parent(of: place))
        try Disk.synchronize(folder: Disk.parent(of: target))
        try Disk.removeTree(Recovery.replaced(target))
        if !isOneDisk, model.place == .linked { try Disk.removeTree(source) }
        return place
    }

    private func checkMovable(_ model: StoredModel) throws(ONNXError) {
        if model.place == .huggingFace {
            throw ONNXError(
                "store.foreign",
                "\(model.name) is in the cache of huggingface_hub, which other programs use too. HF_HUB_CACHE names the folder of that cache."
            )
        }
        let problems = model.problems()
        guard problems.isEmpty, model.place != .partial else {
            throw ONNXError(
                "store.incomplete",
                "\(model.name) is not complete and stays where it is: \(problems.joined(separator: "; ")). \"onnxlm pull \(model.name)\" completes it."
            )
        }
    }

    /// Copies a model to a temporary folder beside `place`, reads the copy back and compares.
    private func copy(
        _ model: StoredModel, from source: String, beside place: String,
        _ progress: (Int) throws(ONNXError) -> Void
    ) throws(ONNXError) -> String {
        let byteCount = Disk.byteCount(ofFolder: source)
        if let space = Disk.space(at: Disk.parent(of: place)), space.freeByteCount < byteCount {
            throw ONNXError(
                "io.no_space",
                "\(model.name) takes \(byteCount) bytes; the disk of \"\(Disk.parent(of: place))\" has \(space.freeByteCount) free."
            )
        }
        let staging = Recovery.arriving(place)
        try Disk.removeTree(staging)
        do throws(ONNXError) {
            let copy = ModelCopy(source: source, target: staging)
            try copy.run(expecting: try ModelManifest(ofFolder: source), progress: progress)
        } catch {
            _ = try? Disk.removeTree(staging)
            throw error
        }
        return staging
    }
}
