// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The right to change a model's folder, which one process at a time has. The system takes it back when the process
/// ends, however it ends.
package struct ModelLock: Sendable {
    private let file: DiskFile

    /// Takes the lock of the folder `target`.
    ///
    /// - Throws: `store.locked` when another process has it; `io.*`.
    package init(of target: String) throws(ONNXError) {
        let folder = Disk.parent(of: target)
        try Disk.makeFolders(folder)
        file = try DiskFile(writing: "\(folder)/.\(Disk.name(of: target)).lock")
        // A program that this or another process is starting may hold the lock for an instant.
        var attempts = 25
        while !file.lock() {
            attempts -= 1
            if attempts > 0 {
                usleep(10_000)
                continue
            }
            throw ONNXError(
                "store.locked", "Another process is changing the model in \"\(target)\". Wait for it to end.")
        }
    }
}
