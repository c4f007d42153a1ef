// SPDX-License-Identifier: Apache-2.0
#if Command
    import ONNXKernels
    import ONNXPackCache

    /// The packed weights that loads of the models in one folder have left in the cache; of no use when the folder goes.
    struct PackedLeftovers {
        private let folder: PackCacheFolder?
        private let entries: [PackCacheFolder.Entry]

        /// - Parameter path: a model's folder, without symbolic links.
        init(ofFolder path: String) {
            folder = EngineEnvironment.cacheFolder.map { PackCacheFolder(path: $0) }
            entries = (folder?.entries() ?? []).filter { entry in
                (try? PackCacheFile(path: entry.path).modelPath.hasPrefix(path + "/")) ?? false
            }
        }

        /// Removes them.
        ///
        /// - Returns: the bytes that they took.
        @discardableResult
        func remove() -> Int {
            for entry in entries { folder?.remove(entry) }
            return entries.reduce(0) { $0 + $1.byteCount }
        }
    }
#endif
