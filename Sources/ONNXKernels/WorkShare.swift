// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The tasks that one participant of a job starts with; others take from it when theirs are done.
struct WorkShare: ~Copyable {
    let next = Atomic<Int>(0)
    let end = Atomic<Int>(0)
    // Keeps the counters of two participants off one cache line.
    private let padding: (Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int) = (
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    )
}

/// A wait that spins for some 50 microseconds before it tells the caller to sleep.
struct SpinWait {
    private var rounds = 0
    private var deadline: UInt64 = 0

    /// False when the time is over.
    mutating func next() -> Bool {
        onnxlm_spin_hint()
        rounds += 1
        if rounds % 32 != 0 { return true }
        let now = Self.nanoseconds
        if deadline == 0 { deadline = now + 50_000 }
        return now < deadline
    }

    private static var nanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Marks the threads that are inside a task, whose nested jobs run on their own thread.
enum TaskMarker {
    // Safety: written once, before any use, by the initialiser of a global.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    static var isInsideTask: Bool {
        get { pthread_getspecific(key) != nil }
        set { pthread_setspecific(key, newValue ? UnsafeRawPointer(bitPattern: 1) : nil) }
    }
}
