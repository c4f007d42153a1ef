// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

/// Reads every file of a model and compares its sum with the one that was recorded.
package struct ModelVerification: Sendable {
    package enum Verdict: Sendable, Hashable {
        case intact
        case missing
        /// Bytes that there are, and that there should be.
        case wrongLength(Int, expected: Int)
        /// The sum that the file has, and the one that it should have.
        case damaged(String, expected: String)
        /// No sum was recorded.
        case unknown

        package var isProblem: Bool { self != .intact && self != .unknown }
    }

    package struct Item: Sendable {
        package let name: String
        package let verdict: Verdict
    }

    /// The files, in the order of the record, or of the folder where the folder's names are the record.
    package let items: [Item]

    /// Bytes that will be read.
    package static func byteCount(of model: StoredModel) -> Int {
        model.manifest?.byteCount ?? model.byteCount
    }

    /// - Parameter progress: is told the bytes read so far; throwing ends the reading.
    /// - Throws: `store.unrecorded` where no sums are known, `store.manifest`, `io.*`.
    package init(
        _ model: StoredModel, progress: (Int) throws(ONNXError) -> Void = { _ in }
    ) throws(ONNXError) {
        var done = 0
        if let manifest = try ModelManifest(ofFolder: model.path) {
            var items: [Item] = []
            for file in manifest.files {
                let before = done
                let verdict = try Self.verdict(
                    "\(model.path)/\(file.name)", byteCount: file.byteCount, sum: file.sha256
                ) { count throws(ONNXError) in try progress(before + count) }
                items.append(Item(name: file.name, verdict: verdict))
                done += file.byteCount
            }
            self.items = items
            return
        }
        var items: [Item] = []
        for name in Self.files(in: model.path) {
            let path = "\(model.path)/\(name)"
            let before = done
            let sum = model.place == .huggingFace ? HuggingFaceCache.recordedSum(of: path) : nil
            guard let entry = Disk.entry(path, followsLinks: true) else {
                items.append(Item(name: name, verdict: .missing))
                continue
            }
            if let sum {
                let verdict = try Self.verdict(path, byteCount: entry.byteCount, sum: sum) {
                    count throws(ONNXError) in try progress(before + count)
                }
                items.append(Item(name: name, verdict: verdict))
            } else {
                items.append(Item(name: name, verdict: .unknown))
            }
            done += entry.byteCount
        }
        guard items.contains(where: { $0.verdict != .unknown }) else {
            throw ONNXError(
                "store.unrecorded",
                "No sums are recorded for \"\(model.path)\", so its files can only be compared in length. \"onnxlm verify --record \(model.name)\" records those that they have now."
            )
        }
        self.items = items
    }

    /// Compares one file.
    ///
    /// - Parameter sum: 64 digits of SHA-256, or 40 of Git's sum.
    package static func verdict(
        _ path: String, byteCount: Int, sum: String, progress: (Int) throws(ONNXError) -> Void = { _ in }
    ) throws(ONNXError) -> Verdict {
        guard let entry = Disk.entry(path, followsLinks: true), entry.kind == .file else { return .missing }
        guard entry.byteCount == byteCount else {
            return .wrongLength(entry.byteCount, expected: byteCount)
        }
        let file = try DiskFile(reading: path)
        let found =
            sum.utf8.count == 64
            ? try SHA256Sum.of(file, progress: progress) : try GitBlobSum.of(file)
        return found == sum ? .intact : .damaged(found, expected: sum)
    }

    /// Records the sums that the files of a folder have now.
    ///
    /// - Throws: `io.*`.
    package static func record(
        _ model: StoredModel, progress: (Int) throws(ONNXError) -> Void = { _ in }
    ) throws(ONNXError) -> ModelManifest {
        var manifest = ModelManifest(model: (try? ModelID(model.name)).map(\.description), files: [])
        var done = 0
        for name in files(in: model.path) {
            let file = try DiskFile(reading: "\(model.path)/\(name)")
            let before = done
            let sum = try SHA256Sum.of(file) { count throws(ONNXError) in try progress(before + count) }
            manifest.files.append(.init(name: name, byteCount: file.byteCount, sha256: sum))
            done += file.byteCount
        }
        try manifest.write(toFolder: model.path)
        return manifest
    }

    /// The files of a folder and of those below, without those whose names begin with a dot.
    static func files(in folder: String, below prefix: String = "", depth: Int = 8) -> [String] {
        Disk.names(in: folder).flatMap { (name: String) -> [String] in
            guard !name.hasPrefix(".") else { return [] }
            guard Disk.isFolder("\(folder)/\(name)") else { return [prefix + name] }
            guard depth > 0 else { return [] }
            return files(in: "\(folder)/\(name)", below: "\(prefix)\(name)/", depth: depth - 1)
        }
    }
}
