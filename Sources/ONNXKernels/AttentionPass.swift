// SPDX-License-Identifier: Apache-2.0

/// The tasks of one ``AttentionJob``, with their memory. Lies on the caller's stack, so that a token allocates nothing.
struct AttentionPass: ~Copyable {
    let job: AttentionJob
    /// Tiles of a head.
    let tiles: Int
    let ranges: Range<Int>
    let room: AttentionRoom
    let memory: UnsafeMutablePointer<Float>
    /// `[task][range]`: a state for each, where tiles are cut into their ranges.
    let states: UnsafeMutablePointer<Float>

    /// New positions that one task appends to the cache of a head.
    private static let positionsPerTask = 64

    /// Brings the new keys and values into the caches, some positions of a head at a time.
    func append(_ count: Int, _ workers: WorkerPool) {
        let parts = (count + Self.positionsPerTask - 1) / Self.positionsPerTask
        run(job.attention.keyValueHeads * parts, workers) { context, task, slot in
            context.assumingMemoryBound(to: Self.self).pointee.append(task, slot)
        }
    }

    /// One task for each tile of each head.
    func runWhole(_ tasks: Int, _ workers: WorkerPool) {
        run(tasks, workers) { context, task, slot in
            context.assumingMemoryBound(to: Self.self).pointee.attendWhole(task, slot)
        }
    }

    /// One task for each range of each tile, then what joins the ranges of a tile.
    ///
    /// - Parameter mergesAlone: whether the calling thread joins them.
    func runSplit(_ tasks: Int, mergesAlone: Bool, _ workers: WorkerPool) {
        run(tasks * ranges.count, workers) { context, index, slot in
            context.assumingMemoryBound(to: Self.self).pointee.attendPart(index, slot)
        }
        if mergesAlone {
            for task in 0..<tasks { join(task, 0) }
        } else {
            run(tasks, workers) { context, task, slot in
                context.assumingMemoryBound(to: Self.self).pointee.join(task, slot)
            }
        }
    }

    private func run(_ count: Int, _ workers: WorkerPool, _ task: WorkerPool.Task) {
        withUnsafePointer(to: self) { workers.run(count: count, context: $0, task) }
    }

    private func append(_ task: Int, _ slot: Int) {
        guard let newRows = job.newRows else { return }
        let parts = (newRows.count + Self.positionsPerTask - 1) / Self.positionsPerTask
        let first = task % parts * Self.positionsPerTask
        job.store(
            newRows, head: task / parts, first..<min(newRows.count, first + Self.positionsPerTask),
            room.slot(slot, memory).rows)
    }

    private func attendWhole(_ task: Int, _ slot: Int) {
        let head = task / tiles
        // Later tiles see more keys: begin with them.
        let tile = tiles - 1 - task % tiles
        let place = room.slot(slot, memory)
        let queries = job.prepareQueries(head, tile, place.queries)
        combine(head, tile, place.total) { range, isFirst in
            let state = isFirst ? place.total : place.state
            job.attend(head, tile, range, queries, state: state, place)
            return state
        }
    }

    private func attendPart(_ index: Int, _ slot: Int) {
        let task = index / ranges.count
        let range = ranges.lowerBound + index % ranges.count
        let tile = task % tiles
        guard job.isVisible(range, tile) else { return }
        let place = room.slot(slot, memory)
        let queries = job.prepareQueries(task / tiles, tile, place.queries)
        job.attend(task / tiles, tile, range, queries, state: states + room.stateSize * index, place)
    }

    private func join(_ task: Int, _ slot: Int) {
        combine(task / tiles, task % tiles, room.slot(slot, memory).total) { range, _ in
            states + room.stateSize * (task * ranges.count + range - ranges.lowerBound)
        }
    }

    /// Merges the states of a tile's ranges in their order and finishes the result. The first range's is merged into,
    /// unless sinks stand before it.
    ///
    /// - Parameter state: gives the state of a range; of the first, if nothing stands before it, it may lie in `total`.
    private func combine(
        _ head: Int, _ tile: Int, _ total: UnsafeMutablePointer<Float>,
        _ state: (_ range: Int, _ isFirst: Bool) -> UnsafeMutablePointer<Float>
    ) {
        var result: UnsafeMutablePointer<Float>?
        if job.hasSink {
            job.start(total, head, tile)
            result = total
        }
        for range in ranges where job.isVisible(range, tile) {
            let next = state(range, result == nil)
            if let result { job.merge(next, into: result, tile) } else { result = next }
        }
        if result == nil { job.start(total, head, tile) }
        job.finish(result ?? total, head, tile)
    }
}
