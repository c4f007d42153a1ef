// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXDiagnosis
    import ONNXErrors
    import ONNXInference
    import ONNXJSON
    import ONNXModelStore
    import Synchronization

    /// The folder in which a download puts a model together.
    struct PullStaging: Sendable {
        let path: String
        /// Where an earlier state of the model may stand, whose files are taken over when they are the same.
        let previous: String
        let hub: HubClient
        let id: ModelID
        let options: ModelPull.Options
        let tell: @Sendable (ModelPull.Event) -> Void

        /// Makes the folder, and takes over what an earlier download has left that is still wanted.
        ///
        /// - Throws: `io.*`.
        func prepare(_ state: inout PullState) throws(ONNXError) {
            if let earlier = PullState(folder: path) {
                let isSame =
                    earlier.model == state.model && earlier.endpoint == state.endpoint
                    && earlier.commit == state.commit
                // Of another commit only what its sum tells to be the same.
                state.items = isSame ? earlier.items : earlier.items.filter { $0.file.sum != nil }
                for index in state.items.indices { lookAfter(&state.items[index]) }
                let done = state.items.reduce(0) { $0 + $1.landed.count }
                if done > 0 { tell(.note("Going on with \(done) bytes that are here from before.")) }
            } else {
                try Disk.removeTree(path)
            }
            try Disk.makeFolders(path)
            try state.write(toFolder: path, durably: true)
        }

        /// Compares what an item says with the files that are there.
        private func lookAfter(_ item: inout PullState.Item) {
            let final = Disk.entry("\(path)/\(item.name)")?.byteCount
            if item.isComplete, final == item.file.byteCount { return }
            item.sha256 = nil
            let partial = Disk.entry("\(path)/\(item.name).partial")?.byteCount ?? 0
            item.landed = RangeSet(item.landed.ranges, upTo: partial)
            item.synchronized = RangeSet(item.synchronized.ranges, upTo: partial)
        }

        /// Fetches the small files and the model file, asks whether to go on, then fetches the weights.
        ///
        /// - Returns: the bytes that came over the network.
        func fetch(
            _ selection: PullSelection, state: inout PullState,
            judge: (ModelPlan) throws(ONNXError) -> Void,
            space: ([PullSpace.Need]) throws(ONNXError) -> Void
        ) async throws -> Int {
            let before = state.items
            func item(_ name: String, _ file: HubFile) -> PullState.Item {
                before.first { $0.name == name && $0.file == file } ?? PullState.Item(name: name, file: file)
            }
            state.items = selection.configurations.map { item($0.name, $0.file) }
            var fetched = 0
            try space([need(state.items, "the small files")])
            for index in state.items.indices { fetched += try await fetch(index, &state) }
            let name = try modelFileName()
            state.items.append(item(name, try selection.modelFile(named: name)))
            try space([need(state.items, "the model file")])
            fetched += try await fetch(state.items.count - 1, &state)

            let plan = try ModelPlan(path: path, options: LoadOptions(), measuresSpeed: false)
            try judge(plan)
            for file in try FolderCompleteness.dataFiles(of: path) {
                guard let listed = selection.file(file.location), FileName.objection(to: file.location) == nil
                else {
                    throw ONNXError(
                        "pull.incomplete",
                        "The repository of \(id) lacks the data file \"\(file.location.prefix(80))\" of \(file.neededByteCount) bytes, without which the model cannot run. Nothing more was fetched."
                    )
                }
                guard listed.byteCount >= file.neededByteCount else {
                    throw ONNXError(
                        "pull.incomplete",
                        "The data file \"\(file.location)\" of \(id) has \(listed.byteCount) bytes in the repository; the model needs \(file.neededByteCount). Nothing more was fetched."
                    )
                }
                state.items.append(item(file.location, listed))
            }
            // What an earlier commit had and this one has not.
            for old in before
            where !state.items.contains(where: { $0.name == old.name && $0.file == old.file }) {
                Disk.removeName("\(path)/\(old.name).partial")
                if !state.items.contains(where: { $0.name == old.name }) {
                    Disk.removeName("\(path)/\(old.name)")
                }
            }
            for item in state.items where !item.isComplete {
                tell(.note("\(item.name): \(item.file.byteCount) bytes"))
            }
            let packed = plan.disks.filter(\.isOptional).map {
                PullSpace.Need(
                    purpose: "the packed weights of the first load", path: $0.path,
                    byteCount: $0.neededByteCount, isOptional: true)
            }
            try space([need(state.items, "the weights")] + packed)
            for index in state.items.indices where !state.items[index].isComplete {
                fetched += try await fetch(index, &state)
            }
            return fetched
        }

        /// The name of the model file, as the configuration that is here says.
        private func modelFileName() throws(ONNXError) -> String {
            let name = Disk.name(of: FolderCompleteness.modelFile(of: path))
            return name
        }

        private func need(_ items: [PullState.Item], _ purpose: String) -> PullSpace.Need {
            let bytes = items.reduce(0) { sum, item in
                guard !item.isComplete else { return sum }
                let partial = Disk.entry("\(path)/\(item.name).partial")?.allocatedByteCount ?? 0
                // Complete, but the disk had no room left to note it: it will be taken over.
                let final = Disk.entry("\(path)/\(item.name)")
                let isThere = final?.byteCount == item.file.byteCount
                let taken = max(partial, isThere ? final?.allocatedByteCount ?? 0 : 0)
                return sum &+ max(0, item.file.byteCount - taken)
            }
            return PullSpace.Need(purpose: purpose, path: path, byteCount: bytes, isOptional: false)
        }

        /// Fetches one file and gives it its name.
        private func fetch(_ index: Int, _ state: inout PullState) async throws -> Int {
            let item = state.items[index]
            let final = "\(path)/\(item.name)"
            if item.isComplete, Disk.entry(final)?.byteCount == item.file.byteCount { return 0 }
            try Disk.makeFolders(Disk.parent(of: final))
            if try takeOver(item, final) {
                try complete(index, &state, final)
                return 0
            }
            var restarts = 0
            var fetched = 0
            while true {
                do {
                    fetched += try await download(index, &state, final)
                    return fetched
                } catch let error as ONNXError
                    where ["pull.changed", "pull.checksum"].contains(error.code.rawValue)
                {
                    // What has arrived is of no use.
                    Disk.removeName(final + ".partial")
                    state.items[index].landed = RangeSet()
                    state.items[index].synchronized = RangeSet()
                    state.items[index].entityTag = nil
                    try state.write(toFolder: path, durably: false)
                    restarts += 1
                    guard restarts < 3 else { throw error }
                    tell(.note("\(error.message) Beginning again."))
                }
            }
        }

        /// Takes a file over from where the model stood before, or as a process that was killed before it could say so
        /// has left it, if its sum is the wanted one.
        private func takeOver(_ item: PullState.Item, _ final: String) throws(ONNXError) -> Bool {
            guard let sum = item.file.sum else { return false }
            for place in [final, "\(previous)/\(item.name)"] {
                guard Disk.entry(place, followsLinks: true)?.byteCount == item.file.byteCount,
                    try ModelVerification.verdict(place, byteCount: item.file.byteCount, sum: sum) == .intact
                else { continue }
                if place == final { return true }
                Disk.removeName(final)
                if Disk.makeHardLink(final, to: place) { return true }
            }
            return false
        }

        private func download(_ index: Int, _ state: inout PullState, _ final: String) async throws -> Int {
            let item = state.items[index]
            let partial = final + ".partial"
            let output = try DiskFile(writing: partial)
            let others = state.items.indices.filter { $0 != index }
            let base = others.reduce(0) {
                $0 + (state.items[$1].isComplete ? state.items[$1].file.byteCount : 0)
            }
            let total = state.items.reduce(0) { $0 + $1.file.byteCount }
            // A file that became shorter has lost what was there.
            let landed = RangeSet(item.landed.ranges, upTo: output.byteCount)
            let meter = Mutex((done: base + landed.count, fetched: 0))
            tell(.progress(done: base + landed.count, total: total, file: item.name))
            let board = DownloadBoard(
                byteCount: item.file.byteCount, pieceByteCount: max(1, options.pieceByteCount),
                landed: landed,
                entityTag: landed.count > 0 ? item.entityTag : nil
            ) { [tell] count in
                let done = meter.withLock { meter in
                    meter.done += count
                    meter.fetched += count
                    return meter.done
                }
                tell(.progress(done: done, total: total, file: item.name))
            }
            let saver = PullStateSaver(state, index: index, board: board, output: output, folder: path)
            let saving = Task { await saver.run() }
            let result: Result<String, any Error>
            do {
                result = .success(
                    try await FileDownload(
                        hub: hub, id: id, commit: state.commit, file: item.file, output: output, board: board,
                        connections: options.connections
                    ).run())
            } catch {
                result = .failure(error)
            }
            saving.cancel()
            await saving.value
            state = await saver.save(durably: true)
            let sum = try result.get()
            if let expected = item.file.sum {
                let found = expected.utf8.count == 64 ? sum : try GitBlobSum.of(output)
                guard found == expected else {
                    throw ONNXError(
                        "pull.checksum",
                        "\"\(item.file.path)\" has arrived with the sum \(found); the hub says \(expected). It was thrown away."
                    )
                }
            } else {
                tell(.note("The hub gives no sum for \"\(item.file.path)\"; only its length was checked."))
            }
            try output.synchronize()
            try Disk.rename(partial, to: final)
            try complete(index, &state, final, sum: sum)
            return meter.withLock { $0.fetched }
        }

        private func complete(
            _ index: Int, _ state: inout PullState, _ final: String, sum: String? = nil
        ) throws(ONNXError) {
            let count = state.items[index].file.byteCount
            if let sum {
                state.items[index].sha256 = sum
            } else {
                state.items[index].sha256 = try SHA256Sum.of(DiskFile(reading: final))
            }
            state.items[index].landed = RangeSet([0..<count], upTo: count)
            state.items[index].synchronized = state.items[index].landed
            try Disk.synchronize(folder: Disk.parent(of: final))
            try state.write(toFolder: path, durably: true)
        }

        /// Gives the folder the model's name; what stood there before goes.
        ///
        /// - Throws: `io.*`.
        func commit(_ state: PullState, to target: String) throws(ONNXError) {
            let manifest = ModelManifest(
                model: state.model, endpoint: state.endpoint, revision: state.revision, commit: state.commit,
                files: state.items.map {
                    ModelManifest.File(name: $0.name, byteCount: $0.file.byteCount, sha256: $0.sha256 ?? "")
                })
            try manifest.write(toFolder: path)
            try Disk.synchronize(folder: path)
            try Recovery.replace(target, with: path)
            Disk.removeName("\(target)/\(PartialModel.stateFileName)")
        }
    }
#endif
