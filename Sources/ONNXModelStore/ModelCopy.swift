// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// A copy of a model folder that is compared with the original before anybody relies on it.
struct ModelCopy {
    let source: String
    let target: String

    /// Copies every file, links followed, and reads the copies back.
    ///
    /// - Throws: `store.damaged` when a file of the original is not what the manifest says, or a copy is not what
    ///   the original is; `io.*`.
    func run(
        expecting manifest: ModelManifest?, progress: (Int) throws(ONNXError) -> Void
    ) throws(ONNXError) {
        let recorded = Dictionary(
            (manifest?.files ?? []).map { ($0.name, $0.sha256) }, uniquingKeysWith: { $1 })
        var names = ModelVerification.files(in: source)
        if manifest != nil { names.append(ModelManifest.fileName) }
        var done = 0
        var sums: [(name: String, sum: String)] = []
        try Disk.makeFolders(target)
        for name in names {
            let before = done
            let (sum, count) = try copy(name) { count throws(ONNXError) in try progress(before + count) }
            if let expected = recorded[name], expected != sum {
                throw ONNXError(
                    "store.damaged",
                    "\"\(source)/\(name)\" is damaged: its sum is \(sum), \(expected) was recorded. Nothing was moved."
                )
            }
            sums.append((name, sum))
            done += count
        }
        for folder in Set(names.map { Disk.parent(of: "\(target)/\($0)") }) {
            try Disk.synchronize(folder: folder)
        }
        for (name, sum) in sums {
            let before = done
            let file = try DiskFile(reading: "\(target)/\(name)")
            file.forgetCachedPages()
            let found = try SHA256Sum.of(file) { count throws(ONNXError) in try progress(before + count) }
            guard found == sum else {
                throw ONNXError(
                    "store.damaged",
                    "The copy \"\(target)/\(name)\" is not what was written: that disk or its cable is faulty. The model stays where it was."
                )
            }
            done += file.byteCount
        }
    }

    /// Copies one file; gives the sum and the length of what was read.
    private func copy(
        _ name: String, progress: (Int) throws(ONNXError) -> Void
    ) throws(ONNXError) -> (sum: String, byteCount: Int) {
        try Disk.makeFolders(Disk.parent(of: "\(target)/\(name)"))
        let input = try DiskFile(reading: "\(source)/\(name)")
        let output = try DiskFile(writing: "\(target)/\(name)")
        let byteCount = input.byteCount
        try output.reserve(byteCount)
        var sum = SHA256Sum()
        var done = 0
        try FileReading.forEachPiece(of: input, byteCount: byteCount) { piece, end throws(ONNXError) in
            try output.write(piece, at: done)
            sum.add(piece)
            done = end
            try progress(end)
        }
        guard done == byteCount else {
            throw ONNXError("store.damaged", "\"\(source)/\(name)\" became shorter while it was copied.")
        }
        try output.synchronize()
        return (sum.text, byteCount)
    }
}
