// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

/// Ends what a process that was killed had begun, so that a model is never without a name for longer than that.
package enum Recovery {
    /// The name of what stood at `target` and is about to go.
    static func replaced(_ target: String) -> String { beside(target, "replaced") }

    /// The name of the link that is about to stand at `target`.
    static func link(_ target: String) -> String { beside(target, "link") }

    /// The name of what is being removed.
    static func removed(_ target: String) -> String { beside(target, "removed") }

    /// The name of a copy that is not complete.
    static func arriving(_ target: String) -> String { beside(target, "arriving") }

    private static func beside(_ target: String, _ ending: String) -> String {
        "\(Disk.parent(of: target))/.\(Disk.name(of: target)).\(ending)"
    }

    /// Puts a complete folder in the place of what stands at `target`, if anything does; for one who has the lock.
    ///
    /// - Throws: `io.*`.
    package static func replace(_ target: String, with folder: String) throws(ONNXError) {
        runLocked(target)
        if Disk.entry(target) != nil { try Disk.rename(target, to: replaced(target)) }
        try Disk.rename(folder, to: target)
        try Disk.synchronize(folder: Disk.parent(of: target))
        try Disk.removeTree(replaced(target))
    }

    /// Looks after the model at `target`, unless somebody is at work on it.
    static func run(_ target: String) {
        let needed = [replaced(target), link(target), removed(target), arriving(target)].contains {
            Disk.entry($0) != nil
        }
        guard needed, let lock = try? ModelLock(of: target) else { return }
        withExtendedLifetime(lock) { runLocked(target) }
    }

    /// As ``run(_:)``, for the model whose unfinished change stands under this name, if it is one.
    static func run(ifNeededBy path: String) {
        let name = Disk.name(of: path)
        for ending in [".replaced", ".link", ".removed", ".arriving"]
        where name.hasPrefix(".") && name.hasSuffix(ending) {
            run("\(Disk.parent(of: path))/\(name.dropFirst().dropLast(ending.count))")
        }
    }

    /// As ``run(_:)``, for one who has the lock.
    static func runLocked(_ target: String) {
        let link = link(target)
        let replaced = replaced(target)
        if Disk.entry(target, followsLinks: true) == nil {
            if Disk.entry(link) != nil, Disk.isFolder(link) {
                try? Disk.rename(link, to: target)
            } else if Disk.entry(replaced) != nil {
                try? Disk.rename(replaced, to: target)
            }
        }
        Disk.removeName(link)
        for rest in [replaced, removed(target), arriving(target)] where Disk.entry(rest) != nil {
            _ = try? Disk.removeTree(rest)
        }
    }
}
