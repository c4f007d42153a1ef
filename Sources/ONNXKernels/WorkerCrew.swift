// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
import ONNXErrors
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The threads of a ``WorkerPool``, which sleep when there has been no job for a while.
final class WorkerCrew: @unchecked Sendable {
    // Safety: `threads` is touched by the owner of the pool alone; the rest is atomic or the system's.

    let participants: Int
    private let board: JobBoard
    private let sleepers = Atomic<Int>(0)
    private let callerSleeps = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let wake: UnsafeMutablePointer<pthread_cond_t>
    private let finished: UnsafeMutablePointer<pthread_cond_t>
    private var threads: [pthread_t] = []

    init(participants: Int) {
        self.participants = participants
        board = JobBoard(participants: participants)
        mutex = .allocate(capacity: 1)
        wake = .allocate(capacity: 1)
        finished = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(wake, nil)
        pthread_cond_init(finished, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(wake)
        pthread_cond_destroy(finished)
        mutex.deallocate()
        wake.deallocate()
        finished.deallocate()
        board.deallocate()
    }

    func start() throws(ONNXError) {
        // Signals stay with the threads of the host program.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        for slot in 1..<max(1, participants) {
            let ticket = Unmanaged.passRetained(WorkerTicket(crew: self, slot: slot))
            #if os(Linux)
                var thread = pthread_t()
                let result = pthread_create(
                    &thread, nil, { workerMain($0) }, ticket.toOpaque())
                let started: pthread_t? = thread
            #else
                var thread: pthread_t?
                let result = pthread_create(&thread, nil, { workerMain($0) }, ticket.toOpaque())
                let started = thread
            #endif
            guard result == 0, let started else {
                ticket.release()
                throw ONNXError(
                    "threads.create",
                    "The system refused thread \(slot + 1) of \(participants) (error \(result)); use fewer threads."
                )
            }
            threads.append(started)
        }
    }

    func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(wake)
        pthread_mutex_unlock(mutex)
        for thread in threads { pthread_join(thread, nil) }
        threads = []
    }

    /// Nanoseconds of processor time that the threads have used; zero where the system does not say.
    var processorNanoseconds: Int {
        #if os(Linux)
            threads.reduce(0) { sum, thread in
                var clock = clockid_t()
                var time = timespec()
                guard pthread_getcpuclockid(thread, &clock) == 0, clock_gettime(clock, &time) == 0 else {
                    return sum
                }
                return sum + time.tv_sec * 1_000_000_000 + time.tv_nsec
            }
        #else
            0
        #endif
    }

    /// Runs a job with all threads; false, and nothing done, if the crew is busy.
    func run(count: Int, _ task: WorkerPool.Task, _ context: UnsafeRawPointer) -> Bool {
        guard board.take() else { return false }
        defer { board.release() }
        guard let job = board.publish(count: count, task, context) else { return false }
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
            pthread_mutex_lock(mutex)
            pthread_cond_broadcast(wake)
            pthread_mutex_unlock(mutex)
        }
        var left = job.sizes.unitCount(participants)
        board.work(job, slot: 0) { left -= $0 }
        if left > 0 { waitForOthers(left) }
        return true
    }

    private func waitForOthers(_ left: Int) {
        board.expect(left)
        var spin = SpinWait()
        while !board.isDone {
            if spin.next() { continue }
            pthread_mutex_lock(mutex)
            callerSleeps.store(true, ordering: .sequentiallyConsistent)
            while !board.isDone { pthread_cond_wait(finished, mutex) }
            callerSleeps.store(false, ordering: .relaxed)
            pthread_mutex_unlock(mutex)
        }
    }

    fileprivate func serve(slot: Int) {
        var seen: UInt64 = 0
        while waitForJob(after: seen, slot) {
            guard let job = board.latest() else { continue }
            seen = job.number
            // The task and what it captures mostly lie on the caller's stack, one after the other.
            for offset in stride(from: 0, to: 256, by: 64) { onnxlm_prefetch(job.context + offset) }
            board.work(job, slot: slot) { units in
                board.report(units, slot: slot)
                if callerSleeps.load(ordering: .sequentiallyConsistent) {
                    pthread_mutex_lock(mutex)
                    pthread_cond_signal(finished)
                    pthread_mutex_unlock(mutex)
                }
            }
        }
    }

    /// Waits for a job of another number; false when the crew stops.
    private func waitForJob(after seen: UInt64, _ slot: Int) -> Bool {
        var spin = SpinWait()
        while true {
            if isStopping.load(ordering: .relaxed) { return false }
            if board.number != seen { return true }
            if spin.next() {
                // Later than the caller's last look at what this worker reported.
                if spin.rounds == 40 { board.prefetch(slot: slot) }
                continue
            }
            pthread_mutex_lock(mutex)
            sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
            while !isStopping.load(ordering: .sequentiallyConsistent), board.number == seen {
                pthread_cond_wait(wake, mutex)
            }
            sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
            pthread_mutex_unlock(mutex)
            spin = SpinWait()
        }
    }
}

/// What a new thread is given.
private final class WorkerTicket {
    let crew: WorkerCrew
    let slot: Int

    init(crew: WorkerCrew, slot: Int) {
        self.crew = crew
        self.slot = slot
    }
}

private func workerMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let ticket = Unmanaged<WorkerTicket>.fromOpaque(argument).takeRetainedValue()
    ticket.crew.serve(slot: ticket.slot)
    return nil
}
