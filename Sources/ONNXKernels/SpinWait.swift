// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A wait that spins some microseconds, then spins and offers its core to other threads in turn, and after some 200
/// microseconds tells the caller to sleep.
///
/// Between the jobs of one token a thread that slept would cost its waking; on a core that others need, one that only
/// spun would keep away the thread that it waits for.
struct SpinWait {
    private static let politeAfterNanoseconds: UInt64 = 10_000
    private static let sleepAfterNanoseconds: UInt64 = 200_000

    /// Calls of ``next()`` so far.
    private(set) var rounds = 0
    private var start: UInt64 = 0

    /// False when the time is over.
    mutating func next() -> Bool {
        onnxlm_spin_hint()
        rounds += 1
        if rounds % 32 != 0 { return true }
        let now = Self.nanoseconds
        if start == 0 { start = now }
        if now - start < Self.politeAfterNanoseconds { return true }
        sched_yield()
        return now - start < Self.sleepAfterNanoseconds
    }

    private static var nanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
