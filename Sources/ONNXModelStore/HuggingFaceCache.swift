// SPDX-License-Identifier: Apache-2.0

/// The cache of the Python package huggingface_hub, read where it is and never changed.
///
/// A repository has the files of each commit in `models--OWNER--NAME/snapshots/COMMIT`, as links into `blobs`, where
/// a file is named by its SHA-256 sum, or, if Git itself keeps it, by the sum that Git gives it.
/// Format: <https://huggingface.co/docs/huggingface_hub/guides/manage-cache>.
package struct HuggingFaceCache: Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    /// The folder of a model at the commit that `main` was at last, else at the newest commit that is there.
    package func folder(of id: ModelID, commit: String? = nil) -> String? {
        let repository = "\(path)/models--\(id.owner)--\(id.name)"
        let commits = commit.map { [$0] } ?? commits(of: repository)
        for commit in commits {
            let parts = [repository, "snapshots", commit] + id.subfolder
            let folder = parts.joined(separator: "/")
            if ModelStore.isModel(folder) { return folder }
        }
        return nil
    }

    private func commits(of repository: String) -> [String] {
        var result: [String] = []
        if let main = Disk.text("\(repository)/refs/main") {
            let commit = String(main.prefix { !$0.isWhitespace })
            if FileName.objection(toComponent: commit) == nil { result.append(commit) }
        }
        let others = Disk.names(in: "\(repository)/snapshots").filter { !result.contains($0) }
        func age(_ commit: String) -> Int { Disk.entry("\(repository)/snapshots/\(commit)")?.modified ?? 0 }
        return result + others.sorted { age($0) > age($1) }
    }

    /// Every folder with a model file, of each repository the commit that ``folder(of:)`` takes.
    func models(store: ModelStore) -> [StoredModel] {
        var result: [StoredModel] = []
        for name in Disk.names(in: path) where name.hasPrefix("models--") {
            let parts = name.dropFirst("models--".count).split(separator: "--", maxSplits: 1)
            guard parts.count == 2, let id = try? ModelID(parts.joined(separator: "/")) else { continue }
            for commit in commits(of: "\(path)/\(name)").prefix(1) {
                let snapshot = "\(path)/\(name)/snapshots/\(commit)"
                visit(snapshot, id.description, depth: 4, store, &result)
            }
        }
        return result
    }

    private func visit(
        _ folder: String, _ name: String, depth: Int, _ store: ModelStore, _ result: inout [StoredModel]
    ) {
        let names = Disk.names(in: folder)
        if names.contains(where: { $0.hasSuffix(".onnx") }) {
            result.append(StoredModel(name: name, path: folder, place: .huggingFace, store: store))
        }
        guard depth > 0 else { return }
        for inner in names where Disk.isFolder("\(folder)/\(inner)") {
            visit("\(folder)/\(inner)", "\(name)/\(inner)", depth: depth - 1, store, &result)
        }
    }

    /// The sum that the name of a file's blob gives: 64 digits of SHA-256 or 40 of Git; nil for another name.
    static func recordedSum(of file: String) -> String? {
        guard let real = Disk.realPath(file) else { return nil }
        let name = Disk.name(of: real)
        return Hexadecimal.isText(name, count: 64) || Hexadecimal.isText(name, count: 40) ? name : nil
    }
}
