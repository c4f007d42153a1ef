// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Memory between two pages that nobody may touch: a kernel that reads or writes past an end stops the test.
final class GuardedMemory<Element: BitwiseCopyable> {
    let base: UnsafeMutablePointer<Element>
    let count: Int
    private let mapping: UnsafeMutableRawPointer
    private let mappingSize: Int

    /// The elements end at the upper guard page, or begin right after the lower one.
    init(count: Int, atEnd: Bool = true) {
        let page = Int(getpagesize())
        let bytes = count * MemoryLayout<Element>.stride
        let body = max(page, (bytes + page - 1) / page * page)
        mappingSize = body + 2 * page
        mapping = mmap(nil, mappingSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        mprotect(mapping, page, PROT_NONE)
        mprotect(mapping + page + body, page, PROT_NONE)
        let start = atEnd ? mapping + page + body - bytes : mapping + page
        base = start.bindMemory(to: Element.self, capacity: max(1, count))
        self.count = count
    }

    convenience init(_ values: [Element], atEnd: Bool = true) {
        self.init(count: values.count, atEnd: atEnd)
        for (index, value) in values.enumerated() { base[index] = value }
    }

    deinit { munmap(mapping, mappingSize) }

    var array: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }
    var raw: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base, count: count * MemoryLayout<Element>.stride)
    }
}

/// Keeps an object up to here, whose pointer is in use where the compiler cannot see it.
@inline(never)
func keepAlive(_ object: Any) {}

extension SeededGenerator {
    mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
        (0..<count).map { _ in Float.random(in: range, using: &self) }
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}

/// The kernel sets that can run here.
enum TestKernels {
    static let sets: [KernelSet] = KernelSet.runnable

    static func pool(_ threads: Int, multipliesInFixedOrder: Bool = false) throws -> WorkerPool {
        try WorkerPool(threadCount: threads, multipliesInFixedOrder: multipliesInFixedOrder)
    }
}

extension KernelSet {
    /// Every level that is compiled in and that this processor can run, and what Intel's processors have of one.
    static var runnable: [KernelSet] {
        let highest = CPULevel.highest(for: .current)
        var sets = CPULevel.allCases.filter { $0 <= highest }.map { kernels(for: $0) }
        #if ONNXLM_AVX512VNNI
            if highest >= .avx512vnni { sets.append(.avx512vnniIntel) }
        #endif
        return sets
    }
}

extension Array where Element == Float {
    var bits: [UInt32] { map(\.bitPattern) }
}
