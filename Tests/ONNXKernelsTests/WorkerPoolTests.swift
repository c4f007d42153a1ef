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

    @Test func tasksWithoutClosures() throws {
        let pool = try WorkerPool(threadCount: 3)
        for count in [0, 1, 2, 5, 1000] {
            let total = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: 1)
            defer { total.deallocate() }
            total.initialize(to: Atomic(0))
            pool.run(count: count, context: UnsafeRawPointer(total)) { context, index, slot in
                let total = context.assumingMemoryBound(to: Atomic<Int>.self)
                total.pointee.wrappingAdd(index + 1, ordering: .relaxed)
            }
            #expect(total.pointee.load(ordering: .relaxed) == count * (count + 1) / 2)
        }
    }

    /// More tasks than a participant can count one by one.
    @Test(arguments: [2, 3]) func millionsOfTasks(_ threads: Int) throws {
        let pool = try WorkerPool(threadCount: threads)
        let count = 1_000_003
        let seen = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
        defer { seen.deallocate() }
        seen.initialize(repeating: 0, count: count)
        pool.run(count: count) { seen[$0] += 1 }
        #expect((0..<count).allSatisfy { seen[$0] == 1 })
    }

    @Test(arguments: [1, 2, 3, 7, 1024]) func sizesCoverEachTaskOnce(_ participants: Int) throws {
        for count in [1, 2, 3, 1023, 1024, 1025, 32_768, 32_769, 65_537, 1_000_003, 1 << 40, 1 << 46] {
            guard let sizes = JobSizes(count: count, participants: participants) else {
                #expect(count > participants << 45)
                continue
            }
            #expect(JobSizes(bits: sizes.bits).unitCount(participants) == sizes.unitCount(participants))
            var unit = 0
            for share in 0..<participants {
                let (start, length) = sizes.units(of: share)
                #expect(start == unit && length <= 1 << 15)
                unit += length
            }
            #expect(unit == sizes.unitCount(participants))
            var task = 0
            for unit in 0..<unit where unit < 100 || unit > sizes.unitCount(participants) - 100 {
                let (first, end) = sizes.tasks(of: unit, participants)
                if unit < 100 { #expect(first == task) }
                #expect(end > first)
                task = end
            }
            #expect(task == count)
        }
    }

    #if os(Linux)
        @Test func sleepsWhenIdle() throws {
            let pool = try WorkerPool(threadCount: 4)
            for _ in 0..<100 { pool.run(count: 100) { _ in } }
            usleep(50_000)
            let before = pool.processorNanoseconds
            #expect(before > 0)
            usleep(200_000)
            #expect(pool.processorNanoseconds - before < 100_000)
            let total = Atomic<Int>(0)
            pool.run(count: 64) { _ in total.wrappingAdd(1, ordering: .relaxed) }
            #expect(total.load(ordering: .relaxed) == 64)
        }
    #endif

    @Test func wakesFromSleep() throws {
        let pool = try WorkerPool(threadCount: 4)
        for round in 0..<100 {
            usleep(UInt32(100 + round % 5 * 100))
            let total = Atomic<Int>(0)
            pool.run(count: 64) { _ in total.wrappingAdd(1, ordering: .relaxed) }
            #expect(total.load(ordering: .relaxed) == 64)
        }
    }

    /// The caller sleeps while a worker has a long task.
    @Test func waitsForLongTasks() throws {
        let pool = try WorkerPool(threadCount: 4)
        let total = Atomic<Int>(0)
        for _ in 0..<20 {
            pool.run(count: 4) { index in
                if index > 0 { usleep(2_000) }
                total.wrappingAdd(1, ordering: .relaxed)
            }
        }
        #expect(total.load(ordering: .relaxed) == 80)
    }

    /// What tasks write is there when the call returns, and what was written before is there for the tasks.
    @Test func jobsSeeEachOthersMemory() throws {
        let pool = try WorkerPool(threadCount: 3)
        var values = [Int](repeating: 0, count: 61)
        values.withUnsafeMutableBufferPointer { values in
            let base = values.baseAddress.map { UnsafeMutablePointer($0) }
            for round in 0..<20_000 {
                guard let base else { return }
                pool.run(count: 61) { base[$0] += round & 3 }
                base[round % 61] += 1
            }
        }
        let sum = (0..<20_000).reduce(0) { $0 + $1 & 3 } * 61 + 20_000
        #expect(values.reduce(0, +) == sum)
    }

    @Test func refusesWrongCounts() {
        #expect(throws: ONNXError.self) { _ = try WorkerPool(threadCount: 0) }
        #expect(throws: ONNXError.self) { _ = try WorkerPool(threadCount: 1025) }
    }

    @Test func defaultCountIsWhatTheProcessMayUse() {
        #expect(WorkerPool.defaultThreadCount >= 1)
        #expect(WorkerPool.defaultThreadCount <= Int(sysconf(Int32(_SC_NPROCESSORS_CONF))))
    }
}
