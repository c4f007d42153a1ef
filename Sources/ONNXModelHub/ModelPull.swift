// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXDiagnosis
    import ONNXErrors
    package import ONNXHTTP
    package import ONNXModelStore

    /// The download of a model from a hub into the store: the small files first, a look at whether the model runs here,
    /// then the weights.
    ///
    /// The model appears under its name when all of it is there and has the sums that the hub gives. Until then its
    /// parts stand in a folder beside, from which any later download goes on.
    package struct ModelPull: Sendable {
        /// What there is to tell on the way.
        package enum Event: Sendable {
            /// A sentence.
            case note(String)
            /// Bytes that have arrived of those of all files, and which file is coming.
            case progress(done: Int, total: Int, file: String)
        }

        /// How a download is done.
        package struct Options: Sendable {
            /// Requests at a time.
            package var connections = 6
            /// Bytes that one request asks for.
            package var pieceByteCount = 8 << 20
            package var patience = PullPatience()
            /// Reads the files of a model that is there, and fetches those that are damaged.
            package var verifies = false
            /// Fetches the weights of a model that this engine cannot run, too.
            package var isForced = false
            /// Waits while another process changes the same model; otherwise that is an error.
            package var waits = true

            package init() {}
        }

        /// How it ended.
        package struct Outcome: Sendable {
            package let name: String
            package let path: String
            package let commit: String
            /// Bytes that were fetched.
            package let fetchedByteCount: Int
        }

        let store: ModelStore
        let hub: HubClient
        let options: Options
        let others: [(what: String, path: String, byteCount: Int, command: String)]
        let tell: @Sendable (Event) -> Void

        /// - Parameters:
        ///   - removable: what could be removed beside models when a disk is too small.
        ///   - tell: is called from any thread.
        package init(
            store: ModelStore, access: HubAccess, transport: HTTPTransport, options: Options = Options(),
            removable: [(what: String, path: String, byteCount: Int, command: String)] = [],
            tell: @escaping @Sendable (Event) -> Void
        ) {
            self.store = store
            self.hub = HubClient(access: access, transport: transport, patience: options.patience)
            self.options = options
            self.others = removable
            self.tell = tell
        }

        /// Brings the model here.
        ///
        /// Cancelling the task ends it; what has arrived stays for the next time.
        ///
        /// - Throws: `pull.*`, `http.*`, `store.*`, `io.*`, `op.*` for a model that this engine cannot run.
        package func run(_ reference: ModelReference) async throws -> Outcome {
            if let note = hub.access.note { tell(.note(note)) }
            let commit = try await hub.commit(of: reference.id, revision: reference.revision)
            let selection = try PullSelection(
                reference.id, try await hub.files(of: reference.id, commit: commit))
            let id = selection.id
            if id != reference.id {
                tell(.note("The model is in the folder \(id.subfolder.joined(separator: "/"))."))
            }
            if let path = inPlace(id, commit) {
                tell(.note("\(id) is in the cache of huggingface_hub, complete, and is used there."))
                return Outcome(name: id.description, path: path, commit: commit, fetchedByteCount: 0)
            }
            let named = store.folder(of: id)
            if Disk.entry(named)?.kind == .link, Disk.realPath(named) == nil {
                throw ONNXError(
                    "store.dangling",
                    "\"\(named)\" is a link that leads nowhere. Mount the disk that it leads to, or remove the link."
                )
            }
            let lock = try await lock(named)
            defer { withExtendedLifetime(lock) {} }
            let target = Disk.realPath(named) ?? named
            if isUpToDate(target, commit) {
                tell(.note("\(id) is complete at commit \(commit.prefix(12))."))
                return Outcome(name: id.description, path: named, commit: commit, fetchedByteCount: 0)
            }
            var state = PullState(
                model: id.description, endpoint: hub.access.endpoint, commit: commit,
                revision: reference.revision)
            let staging = PullStaging(
                path: PartialModel.path(beside: target), previous: target, hub: hub, id: id, options: options,
                tell: tell)
            try staging.prepare(&state)
            let fetched = try await staging.fetch(selection, state: &state) { plan throws(ONNXError) in
                try judge(plan, id, staging.path)
            } space: { needs throws(ONNXError) in
                let space = PullSpace(store: store, needs: needs, others: others)
                for note in try space.check(for: id.description) { tell(.note(note)) }
            }
            try staging.commit(state, to: target)
            return Outcome(name: id.description, path: named, commit: commit, fetchedByteCount: fetched)
        }

        private func inPlace(_ id: ModelID, _ commit: String) -> String? {
            guard !options.verifies, Disk.entry(store.folder(of: id)) == nil,
                let path = store.huggingFace?.folder(of: id, commit: commit),
                FolderCompleteness.problems(path).isEmpty
            else { return nil }
            return path
        }

        private func isUpToDate(_ target: String, _ commit: String) -> Bool {
            guard !options.verifies, let manifest = (try? ModelManifest(ofFolder: target)).flatMap({ $0 })
            else {
                return false
            }
            return manifest.commit == commit && FolderCompleteness.problems(target).isEmpty
        }

        private func lock(_ target: String) async throws -> ModelLock {
            var hasTold = false
            while true {
                do throws(ONNXError) {
                    return try ModelLock(of: target)
                } catch {
                    guard error.code == "store.locked", options.waits else { throw error }
                }
                if !hasTold { tell(.note("Another process is at work on this model; waiting for it.")) }
                hasTold = true
                try await Task.sleep(for: .milliseconds(200))
            }
        }

        /// Says what the model will take, before its weights are fetched.
        private func judge(_ plan: ModelPlan, _ id: ModelID, _ folder: String) throws(ONNXError) {
            if !plan.unsupported.isEmpty {
                let text = "This engine cannot run \(id): \(plan.unsupported.joined(separator: " "))"
                guard options.isForced else {
                    throw ONNXError(
                        "op.unsupported",
                        "\(text) Its weights were not fetched; --force fetches them all the same.")
                }
                tell(.note(text))
            } else {
                tell(.note("This engine runs \(id)."))
            }
            if let error = plan.memoryError {
                let text = error.message.replacing("\"\(folder)\"", with: id.description)
                tell(.note("But not with the memory that is free now: \(text)"))
            }
        }
    }
#endif
