// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

/// Threads that share out numbered tasks, the calling thread being one of them.
///
/// Between jobs the threads spin for some 200 microseconds, most of them offering their core to others, and then
/// sleep, so that an idle pool costs nothing. Any number of threads may call at once: while one job runs, the others
/// run theirs alone, on their own thread; so does a call from inside a task.
package final class WorkerPool: Sendable {
    /// A task that captures nothing: it is given the context of the job, its index and its slot; see
    /// ``run(count:context:_:)``.
    package typealias Task =
        @convention(c) (_ context: UnsafeRawPointer, _ index: Int, _ slot: Int) -> Void

    /// Threads that take part in a job, the caller included.
    package let threadCount: Int

    let crew: WorkerCrew

    /// Starts `threadCount - 1` threads.
    ///
    /// - Throws: `threads.count` if the count is not 1...1024; `threads.create` if the system refuses a thread.
    package init(threadCount: Int) throws(ONNXError) {
        guard (1...1024).contains(threadCount) else {
            throw ONNXError(
                "threads.count", "The number of threads is \(threadCount); give a number from 1 to 1024.")
        }
        self.threadCount = threadCount
        crew = WorkerCrew(participants: threadCount)
        do {
            try crew.start()
        } catch {
            crew.stop()
            throw error
        }
    }

    deinit { crew.stop() }

    /// The cores that this process may use, by its affinity mask and its control group's quota.
    package static var defaultThreadCount: Int { AvailableCores.count }

    /// Runs `body` once for each index in `0 ..< count` and returns when all have ended.
    ///
    /// Each participant starts with its own contiguous share and then helps the others, so which thread runs a
    /// task may vary: a task's result must not depend on it.
    package func run(count: Int, _ body: (_ index: Int) -> Void) {
        run(count: count) { index, _ in body(index) }
    }

    /// As ``run(count:_:)``; the body is also told its slot in `0 ..< threadCount`, for scratch memory: no two tasks
    /// of one call run in the same slot at the same time.
    package func run(count: Int, _ body: (_ index: Int, _ slot: Int) -> Void) {
        if count <= 0 { return }
        if count == 1 || threadCount == 1 {
            for index in 0..<count { body(index, 0) }
            return
        }
        withoutActuallyEscaping(body) { escapable in
            let task = ClosureTask(body: escapable)
            withUnsafePointer(to: task) { pointer in
                run(count: count, context: UnsafeRawPointer(pointer)) { context, index, slot in
                    context.assumingMemoryBound(to: ClosureTask.self).pointee(index, slot)
                }
            }
        }
    }

    /// As ``run(count:_:)``, without the allocation that a closure costs.
    ///
    /// - Parameter context: what the task reads; has to stay until this returns.
    package func run(count: Int, context: UnsafeRawPointer, _ task: Task) {
        if count <= 0 { return }
        if count == 1 || threadCount == 1 || !crew.run(count: count, task, context) {
            for index in 0..<count { task(context, index, 0) }
        }
    }
}

/// A closure in memory. It cannot be copied, so that threads that call it do not count references to what it captures.
private struct ClosureTask: ~Copyable {
    let body: (Int, Int) -> Void

    borrowing func callAsFunction(_ index: Int, _ slot: Int) { body(index, slot) }
}
