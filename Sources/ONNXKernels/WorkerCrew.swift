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

/// The threads of a ``WorkerPool`` and the job they work on.
///
/// `state` holds the number of the job (upper half), whether it is closed (bit 31) and how many threads have joined
/// it. A thread joins by counting itself in while the job is open; the caller closes the job when no task is left and
/// waits only for those that joined, never for one that still sleeps.
final class WorkerCrew: @unchecked Sendable {
    // Safety: `job`, `shares` and `threads` are written only by the thread that holds `callers`, while no worker has
    // joined; workers read them after joining, which the atomic `state` orders.

    private typealias Body = (Int, Int) -> Void

    private static let closedBit: UInt64 = 1 << 31
    private static let joinedMask: UInt64 = closedBit - 1

    let participants: Int
    private let state = Atomic<UInt64>(closedBit)
    private let sleepers = Atomic<Int>(0)
    private let callerSleeps = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)
    private let callers: UnsafeMutablePointer<pthread_mutex_t>
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let wake: UnsafeMutablePointer<pthread_cond_t>
    private let finished: UnsafeMutablePointer<pthread_cond_t>
    private let shares: UnsafeMutablePointer<WorkShare>
    private var job: UnsafeRawPointer?
    private var threads: [pthread_t] = []

    init(participants: Int) {
        self.participants = participants
        callers = .allocate(capacity: 1)
        mutex = .allocate(capacity: 1)
        wake = .allocate(capacity: 1)
        finished = .allocate(capacity: 1)
        pthread_mutex_init(callers, nil)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(wake, nil)
        pthread_cond_init(finished, nil)
        shares = .allocate(capacity: participants)
        for index in 0..<participants { (shares + index).initialize(to: WorkShare()) }
    }

    deinit {
        pthread_mutex_destroy(callers)
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(wake)
        pthread_cond_destroy(finished)
        callers.deallocate()
        mutex.deallocate()
        wake.deallocate()
        finished.deallocate()
        shares.deinitialize(count: participants)
        shares.deallocate()
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

    /// Runs a job with all threads; false, and nothing done, if the crew is busy or this thread is part of it.
    func run(count: Int, _ body: (Int, Int) -> Void) -> Bool {
        if TaskMarker.isInsideTask || pthread_mutex_trylock(callers) != 0 { return false }
        defer { pthread_mutex_unlock(callers) }
        TaskMarker.isInsideTask = true
        defer { TaskMarker.isInsideTask = false }
        withoutActuallyEscaping(body) { escapable in
            withUnsafePointer(to: escapable) { pointer in
                for slot in 0..<participants {
                    let end = Self.shareStart(slot + 1, of: participants, count: count)
                    shares[slot].next.store(
                        Self.shareStart(slot, of: participants, count: count), ordering: .relaxed)
                    shares[slot].end.store(end, ordering: .relaxed)
                }
                job = UnsafeRawPointer(pointer)
                let number = (state.load(ordering: .relaxed) >> 32) &+ 1
                state.store(number << 32, ordering: .sequentiallyConsistent)
                if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
                    pthread_mutex_lock(mutex)
                    pthread_cond_broadcast(wake)
                    pthread_mutex_unlock(mutex)
                }
                work(slot: 0, pointer.pointee)
                closeAndWait()
                job = nil
            }
        }
        return true
    }

    private static func shareStart(_ slot: Int, of participants: Int, count: Int) -> Int {
        let (quotient, remainder) = count.quotientAndRemainder(dividingBy: participants)
        return slot * quotient + min(slot, remainder)
    }

    private func work(slot: Int, _ body: Body) {
        for offset in 0..<participants {
            let share = (slot + offset) % participants
            let end = shares[share].end.load(ordering: .relaxed)
            while shares[share].next.load(ordering: .relaxed) < end {
                let index = shares[share].next.wrappingAdd(1, ordering: .relaxed).oldValue
                if index >= end { break }
                body(index, slot)
            }
        }
    }

    private func closeAndWait() {
        var current = state.bitwiseOr(Self.closedBit, ordering: .acquiringAndReleasing).newValue
        var spin = SpinWait()
        while current & Self.joinedMask != 0 {
            if !spin.next() {
                pthread_mutex_lock(mutex)
                callerSleeps.store(true, ordering: .sequentiallyConsistent)
                while state.load(ordering: .sequentiallyConsistent) & Self.joinedMask != 0 {
                    pthread_cond_wait(finished, mutex)
                }
                callerSleeps.store(false, ordering: .relaxed)
                pthread_mutex_unlock(mutex)
            }
            current = state.load(ordering: .acquiring)
        }
    }

    fileprivate func serve(slot: Int) {
        TaskMarker.isInsideTask = true
        var seen: UInt64 = 0
        while let number = waitForJob(after: seen) {
            seen = number
            if !join(number) { continue }
            if let job { work(slot: slot, job.assumingMemoryBound(to: Body.self).pointee) }
            let left = state.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue
            if left & Self.joinedMask == 0 && callerSleeps.load(ordering: .sequentiallyConsistent) {
                pthread_mutex_lock(mutex)
                pthread_cond_signal(finished)
                pthread_mutex_unlock(mutex)
            }
        }
    }

    /// Counts this thread into a job; false if it is closed or gone.
    private func join(_ number: UInt64) -> Bool {
        var current = state.load(ordering: .acquiring)
        while current >> 32 == number && current & Self.closedBit == 0 {
            let (exchanged, original) = state.compareExchange(
                expected: current, desired: current + 1, ordering: .acquiringAndReleasing)
            if exchanged { return true }
            current = original
        }
        return false
    }

    /// The number of the next open job; nil when the crew stops.
    private func waitForJob(after seen: UInt64) -> UInt64? {
        var spin = SpinWait()
        while true {
            if isStopping.load(ordering: .sequentiallyConsistent) { return nil }
            let current = state.load(ordering: .sequentiallyConsistent)
            if current >> 32 != seen && current & Self.closedBit == 0 { return current >> 32 }
            if spin.next() { continue }
            pthread_mutex_lock(mutex)
            sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
            while !isStopping.load(ordering: .sequentiallyConsistent) {
                let latest = state.load(ordering: .sequentiallyConsistent)
                if latest >> 32 != seen && latest & Self.closedBit == 0 { break }
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
