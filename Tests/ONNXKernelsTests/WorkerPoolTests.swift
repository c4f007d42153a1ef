// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A number that many threads count up.
private final class Counter: Sendable {
    let value = Atomic<Int>(0)
}

@Suite struct WorkerPoolTests {
    @Test(arguments: [1, 2, 3, 8]) func runsEachTaskOnce(_ threads: Int) throws {
        let pool = try WorkerPool(threadCount: threads)
        for count in [0, 1, 2, 3, 7, 8, 9, 100, 1000] {
            for _ in 0..<20 {
                let seen = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: max(1, count))
                for index in 0..<count { (seen + index).initialize(to: Atomic(0)) }
                pool.run(count: count) { index, slot in
                    seen[index].wrappingAdd(1, ordering: .relaxed)
                    #expect((0..<threads).contains(slot))
                }
                for index in 0..<count { #expect(seen[index].load(ordering: .relaxed) == 1) }
                seen.deallocate()
            }
        }
    }

    @Test func nestedCallsRunOnTheirOwnThread() throws {
        let pool = try WorkerPool(threadCount: 4)
        let total = Atomic<Int>(0)
        pool.run(count: 8) { _ in
            let outer = pthread_self()
            pool.run(count: 16) { _ in
                #expect(pthread_equal(outer, pthread_self()) != 0)
                total.wrappingAdd(1, ordering: .relaxed)
            }
        }
        #expect(total.load(ordering: .relaxed) == 128)
    }

    @Test func manyThreadsMayCallAtOnce() async throws {
        let pool = try WorkerPool(threadCount: 3)
        let total = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        pool.run(count: 10) { _ in total.value.wrappingAdd(1, ordering: .relaxed) }
                    }
                }
            }
        }
        #expect(total.value.load(ordering: .relaxed) == 40_000)
    }

    @Test func sleepsWhenIdle() throws {
        let pool = try WorkerPool(threadCount: 4)
        pool.run(count: 100) { _ in }
        usleep(20_000)
        func cpuTime() -> Int {
            var time = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
            return time.tv_sec * 1_000_000_000 + time.tv_nsec
        }
        // Other tests share the process, so only wake-ups after sleep are checked here, many times.
        let before = cpuTime()
        for _ in 0..<50 {
            usleep(500)
            let total = Atomic<Int>(0)
            pool.run(count: 64) { _ in total.wrappingAdd(1, ordering: .relaxed) }
            #expect(total.load(ordering: .relaxed) == 64)
        }
        #expect(cpuTime() >= before)
    }

    @Test func refusesWrongCounts() {
        #expect(throws: ONNXError.self) { _ = try WorkerPool(threadCount: 0) }
        #expect(throws: ONNXError.self) { _ = try WorkerPool(threadCount: 1025) }
    }

    @Test func defaultCountIsWhatTheProcessMayUse() {
        #expect(WorkerPool.defaultThreadCount >= 1)
        #expect(WorkerPool.defaultThreadCount <= Int(sysconf(Int32(_SC_NPROCESSORS_CONF))))
    }

    @Test(
        arguments: [
            ("max 100000\n", nil), ("200000 100000\n", 2), ("150000 100000", 2), ("1000 100000\n", 1),
            ("", nil),
            ("-5 100000", nil), ("100000 0", nil), ("99999999999999999999 1", nil), ("100000 100000 7", nil),
        ] as [(String, Int?)])
    func readsQuotas(_ text: String, _ cores: Int?) {
        #expect(AvailableCores.cores(ofQuota: text) == cores)
    }
}
