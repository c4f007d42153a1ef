// SPDX-License-Identifier: Apache-2.0
#if Command
    import Foundation
    import ONNXErrors
    import ONNXKernels

    /// How fast this machine streams memory: the ceiling of decoding.
    enum MemoryReadRate {
        private static let byteCount = 1 << 30

        /// Bytes a second, the better of 1 GiB of mapped file and of memory in huge pages, best of four passes.
        static func measure(threads: Int) throws(ONNXError) -> Double {
            let workers = try WorkerPool(threadCount: threads)
            return max(try hugePages(workers), fileMapped(workers))
        }

        private static func hugePages(_ workers: WorkerPool) throws(ONNXError) -> Double {
            guard
                let region = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                region != MAP_FAILED
            else { throw ONNXError("memory.insufficient", "There is no gibibyte of memory to read.") }
            defer { munmap(region, byteCount) }
            #if canImport(Glibc)
                madvise(region, byteCount, MADV_HUGEPAGE)
            #endif
            memset(region, 1, byteCount)
            return rate(of: region, workers)
        }

        /// 0 where no temporary file can be written.
        private static func fileMapped(_ workers: WorkerPool) -> Double {
            guard let file = tmpfile() else { return 0 }
            defer { fclose(file) }
            let block = [UInt8](repeating: 1, count: 1 << 20)
            for _ in 0..<byteCount >> 20 where fwrite(block, 1, block.count, file) != block.count { return 0 }
            fflush(file)
            guard let region = mmap(nil, byteCount, PROT_READ, MAP_SHARED, fileno(file), 0),
                region != MAP_FAILED
            else {
                return 0
            }
            defer { munmap(region, byteCount) }
            return rate(of: region, workers)
        }

        private static func rate(of region: UnsafeMutableRawPointer, _ workers: WorkerPool) -> Double {
            let part = byteCount / workers.threadCount / 256 * 256
            var best = 0.0
            // Safety: the parts are disjoint and only read.
            nonisolated(unsafe) let base = UnsafeRawPointer(region)
            for _ in 0..<4 {
                let started = ContinuousClock.now
                workers.run(count: workers.threadCount) { (index: Int) in
                    MemoryReader.touch(base.advanced(by: index * part), byteCount: part)
                }
                let seconds = (ContinuousClock.now - started).seconds
                best = max(best, Double(part * workers.threadCount) / seconds)
            }
            return best
        }
    }

    extension Duration {
        fileprivate var seconds: Double {
            Double(components.seconds) + Double(components.attoseconds) * 1e-18
        }
    }
#endif
