// SPDX-License-Identifier: Apache-2.0
#if Command
    import Foundation
    import ONNXErrors
    import ONNXModelStore

    /// The models on this machine, as commands name them.
    enum StoredModels {
        static var environment: StoreEnvironment { .current }

        /// The store that the environment names.
        static func store() throws(ONNXError) -> ModelStore { try ModelStore(environment) }

        /// The folder that a model argument means; see ``ModelStore/path(_:)``.
        static func path(_ argument: String) -> String { ModelStore.path(argument) }

        /// `2026-11-25`, or `never`.
        static func day(_ seconds: Int?) -> String {
            guard let seconds else { return "never" }
            let formatter = ISO8601DateFormatter()
            formatter.formatOptions = [.withFullDate]
            return formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
        }
    }
#endif
