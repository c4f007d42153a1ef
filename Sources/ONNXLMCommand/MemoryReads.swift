// SPDX-License-Identifier: Apache-2.0
#if Command
    import ONNXErrors
    import ONNXGeneration
    import ONNXKernels

    /// Plain reads of memory that no cache holds, in slices: how fast the machine delivers bytes at the moment, which is
    /// the ceiling of decoding.
    final class MemoryReads {
        private static let byteCount = 1 << 30
        /// Large beside what caches hold and beside the time that threads need to begin.
        private static let sliceByteCount = 256 << 20

        private let memory: AlignedMemory
        private let workers: WorkerPool
        private var offset = 0
        private(set) var bytes = 0
        private(set) var seconds = 0.0

        /// Bytes a second of all slices together.
        var rate: Double { seconds > 0 ? Double(bytes) / seconds : 0 }

        /// Makes a gibibyte of memory, in large pages where the system has them.
        init(threads: Int) throws(ONNXError) {
            workers = try WorkerPool(threadCount: threads)
            memory = try AlignedMemory(byteCount: Self.byteCount)
            // What was never written may be one page of zeros.
            memory.bytes.initializeMemory(as: UInt8.self, repeating: 1)
        }

        /// Reads the next slices, each thread its part.
        func read(slices: Int) {
            let part = Self.sliceByteCount / workers.threadCount / 256 * 256
            for _ in 0..<slices {
                // Safety: the parts are disjoint and only read.
                nonisolated(unsafe) let base = UnsafeRawPointer(memory.base + offset)
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
#endif
