// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXErrors
    import ONNXModelStore

    /// Keeps the state on the disk in step with a file that is coming.
    actor PullStateSaver {
        private var state: PullState
        private let index: Int
        private let board: DownloadBoard
        private let output: DiskFile
        private let folder: String
        private var lastCount = -1
        private var lastSynchronized = ContinuousClock.now

        init(_ state: PullState, index: Int, board: DownloadBoard, output: DiskFile, folder: String) {
            self.state = state
            self.index = index
            self.board = board
            self.output = output
            self.folder = folder
        }

        /// Saves ten times a second, and every two seconds so that it outlives a loss of power, until cancelled.
        func run() async {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(100))
                if Task.isCancelled { return }
                let isDue = ContinuousClock.now - lastSynchronized > .seconds(2)
                if await board.landed.count != lastCount || isDue { _ = await save(durably: isDue) }
            }
        }

        /// Saves now. That it cannot be saved shows when the file itself is written.
        ///
        /// - Returns: the state.
        func save(durably: Bool) async -> PullState {
            let landed = await board.landed
            state.items[index].landed = landed
            state.items[index].entityTag = await board.entityTag
            if durably, (try? output.synchronize()) != nil {
                state.items[index].synchronized = landed
                lastSynchronized = .now
            }
            lastCount = landed.count
            try? state.write(toFolder: folder, durably: durably)
            return state
        }
    }
#endif
