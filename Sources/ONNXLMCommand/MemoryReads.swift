// SPDX-License-Identifier: Apache-2.0
#if Command
    import Foundation
    import ONNXErrors
    import ONNXKernels

    /// Plain reads of memory that no cache holds, in slices: how fast the machine delivers bytes at the moment, which is
    /// the ceiling of decoding.
    final class MemoryReads {
        private static let byteCount = 1 << 30
        /// Large beside what caches hold and beside the time that threads need to begin.
        private static let sliceByteCount = 256 << 20

        private let region: UnsafeMutableRawPointer
        private let workers: WorkerPool
        private var offset = 0
        private(set) var bytes = 0
        private(set) var seconds = 0.0

        /// Bytes a second of all slices together.
        var rate: Double { seconds > 0 ? Double(bytes) / seconds : 0 }

        /// Makes a gibibyte of memory, in huge pages where the system has them.
        init(threads: Int) throws(ONNXError) {
            workers = try WorkerPool(threadCount: threads)
            guard
                let region = mmap(
                    nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                region != MAP_FAILED
            else { throw ONNXError("memory.insufficient", "There is no gibibyte of memory to read.") }
            self.region = region
            #if canImport(Glibc)
                madvise(region, Self.byteCount, MADV_HUGEPAGE)
            #endif
            memset(region, 1, Self.byteCount)
        }

        deinit { munmap(region, Self.byteCount) }

        /// Reads the next slices, each thread its part.
        func read(slices: Int) {
            let part = Self.sliceByteCount / workers.threadCount / 256 * 256
            for _ in 0..<slices {
                // Safety: the parts are disjoint and only read.
                nonisolated(unsafe) let base = UnsafeRawPointer(region + offset)
                let started = ContinuousClock.now
                workers.run(count: workers.threadCount) { (index: Int) in
                    MemoryReader.touch(base + index * part, byteCount: part)
                }
                seconds += (ContinuousClock.now - started).seconds
                bytes += part * workers.threadCount
                offset = (offset + Self.sliceByteCount) % Self.byteCount
            }
        }
    }

    extension Duration {
        var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
    }
#endif
