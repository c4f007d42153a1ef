// SPDX-License-Identifier: Apache-2.0
#if Command
    import Foundation
    import ONNXErrors
    import ONNXModelStore

    /// The models on this machine, as commands name them.
    enum StoredModels {
        static var environment: StoreEnvironment { StoreEnvironment(ProcessInfo.processInfo.environment) }

        /// The store that the environment names.
        static func store() throws(ONNXError) -> ModelStore { try ModelStore(environment) }

        /// The folder that a model argument means: a path that exists, else a model of the store or of the cache of
        /// huggingface_hub; the argument itself where neither is there, so that whoever reads it says so.
        static func path(_ argument: String) -> String {
            guard Disk.entry(argument, followsLinks: true) == nil, let store = try? store(),
                let model = try? store.model(argument), model.place != .partial
            else { return argument }
            store.markUsed(model)
            return model.path
        }

        /// The model of a store that an argument names.
        static func model(_ argument: String, in store: ModelStore) throws(ONNXError) -> StoredModel {
            try store.model(argument)
        }

        /// `2026-11-25`, or `never`.
        static func day(_ seconds: Int?) -> String {
            guard let seconds else { return "never" }
            let formatter = ISO8601DateFormatter()
            formatter.formatOptions = [.withFullDate]
            return formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
        }
    }
#endif
