// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXErrors
    import ONNXModelStore

    /// Compares what a download needs with what the disks have, before it begins.
    struct PullSpace {
        /// Bytes that are wanted on the file system of a path.
        struct Need {
            let purpose: String
            let path: String
            let byteCount: Int
            /// Whether all works without.
            let isOptional: Bool
        }

        let store: ModelStore
        let needs: [Need]
        /// Removable things beside the models: what they are, where, how many bytes, and the command.
        let others: [(what: String, path: String, byteCount: Int, command: String)]

        /// What does not fit and can be done without, a sentence each.
        ///
        /// - Throws: `io.no_space` with the numbers of each disk that is too small, and what could be removed there.
        func check(for name: String) throws(ONNXError) -> [String] {
            var notes: [String] = []
            var taken: [UInt64: Int] = [:]
            for need in needs.sorted(by: { !$0.isOptional && $1.isOptional }) where need.byteCount > 0 {
                guard let space = Disk.space(at: need.path) else { continue }
                let before = taken[space.device] ?? 0
                let (wanted, overflow) = need.byteCount.addingReportingOverflow(before)
                if !overflow, wanted <= space.freeByteCount {
                    taken[space.device] = wanted
                    continue
                }
                let numbers =
                    "the disk of \"\(need.path)\" has \(space.freeByteCount) bytes free, \(need.purpose) need \(need.byteCount)\(before > 0 ? " beside \(before) for the rest" : "")"
                guard !need.isOptional else {
                    notes.append(
                        "\(numbers.prefix(1).uppercased())\(numbers.dropFirst()): they will be made anew at each load."
                    )
                    continue
                }
                let missing = need.byteCount - max(0, space.freeByteCount - before)
                throw ONNXError(
                    "io.no_space",
                    "\(name) does not fit: \(numbers), so \(missing) are missing.\(removable(space.device)) Or set \(StoreEnvironment.modelsName) to a folder on a larger disk."
                )
            }
            return notes
        }

        private func removable(_ device: UInt64) -> String {
            var lines = store.models().filter { $0.place != .huggingFace && deviceOf($0.realPath) == device }
                .sorted { ($0.lastUsed ?? 0) < ($1.lastUsed ?? 0) }
                .map { "\($0.byteCount) bytes by \"onnxlm remove \($0.name)\"" }
            for other in others where other.byteCount > 0 && deviceOf(other.path) == device {
                lines.append("\(other.byteCount) bytes of \(other.what) by \"\(other.command)\"")
            }
            return lines.isEmpty
                ? " Nothing of ours could be removed there."
                : " Could be removed: \(lines.prefix(6).joined(separator: ", "))."
        }

        private func deviceOf(_ path: String) -> UInt64? { Disk.entry(path, followsLinks: true)?.device }
    }
#endif
