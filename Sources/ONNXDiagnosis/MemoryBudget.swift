// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How much memory this process may still take: the machine's, less if its control group has a limit.
///
///     let budget = MemoryBudget.current
///     print("\(budget.availableByteCount >> 20) of \(budget.physicalByteCount >> 20) MiB, bound by \(budget.bound)")
public struct MemoryBudget: Sendable, Hashable {
    /// Bytes of memory that the machine has.
    public let physicalByteCount: Int

    /// Bytes that this process may still take without others having to give up theirs; pages of files that the system
    /// keeps only because nobody else wants the memory count as free.
    public let availableByteCount: Int

    /// What bounds ``availableByteCount``: `the machine`, or a control group or process limit with its bytes.
    public let bound: String

    init(physicalByteCount: Int, availableByteCount: Int, bound: String) {
        self.physicalByteCount = physicalByteCount
        self.availableByteCount = availableByteCount
        self.bound = bound
    }

    /// The budget of this process now.
    public static var current: MemoryBudget {
        #if os(Linux)
            let budget = MemoryBudget(
                memoryInfo: SystemText.read("/proc/meminfo") ?? "", groups: "/proc/self/cgroup",
                root: "/sys/fs/cgroup")
            return budget.bounded(byAddressSpaceOf: SystemText.read("/proc/self/statm") ?? "")
        #else
            let pages = Int(sysconf(Int32(_SC_PHYS_PAGES)))
            let bytes = max(0, pages) * max(1, Int(sysconf(Int32(_SC_PAGESIZE))))
            return MemoryBudget(physicalByteCount: bytes, availableByteCount: bytes, bound: "the machine")
        #endif
    }

    /// The budget that the system's files tell.
    ///
    /// - Parameters:
    ///   - memoryInfo: the contents of `/proc/meminfo`.
    ///   - groups: the list of the process's control groups, one for each hierarchy.
    ///   - root: where the hierarchies are mounted. In a container that may be the process's own group, so that folders
    ///     which the list names are missing below it.
    package init(memoryInfo: String, groups: String, root: String) {
        let physical = Self.kibibytes(memoryInfo, "MemTotal:")
        physicalByteCount = physical
        var smallest = memoryInfo.isEmpty ? Int.max : Self.kibibytes(memoryInfo, "MemAvailable:")
        var bound = "the machine"
        for line in (SystemText.read(groups) ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let controllers = fields[1].split(separator: ",")
            let isUnified = controllers.isEmpty
            guard isUnified || controllers.contains("memory") else { continue }
            var parts = fields[2].split(separator: "/").map(String.init)
            if parts.contains("..") { continue }
            while true {
                let folder = ((isUnified ? [root] : [root, "memory"]) + parts).joined(separator: "/")
                if let (limit, left) = isUnified ? Self.unified(folder) : Self.legacy(folder), left < smallest
                {
                    smallest = left
                    bound =
                        "the control group \"/\(parts.joined(separator: "/"))\" with its limit of \(limit) bytes"
                }
                if parts.popLast() == nil { break }
            }
        }
        availableByteCount = smallest
        self.bound = bound
    }

    /// Version 2: the limit and what is left of it.
    private static func unified(_ folder: String) -> (limit: Int, left: Int)? {
        let limits = ["memory.max", "memory.high"].compactMap { number("\(folder)/\($0)") }
        guard let limit = limits.min(), let usage = number("\(folder)/memory.current") else { return nil }
        let reclaimable = statistics(folder, ["inactive_file", "active_file"])
        return (limit, max(0, limit - max(0, usage - reclaimable)))
    }

    /// Version 1, where a limit beyond all memory means none.
    private static func legacy(_ folder: String) -> (limit: Int, left: Int)? {
        guard let limit = number("\(folder)/memory.limit_in_bytes"), limit < 1 << 60,
            let usage = number("\(folder)/memory.usage_in_bytes")
        else { return nil }
        let reclaimable = statistics(folder, ["total_inactive_file", "total_active_file"])
        return (limit, max(0, limit - max(0, usage - reclaimable)))
    }

    private static func statistics(_ folder: String, _ keys: Set<String>) -> Int {
        (SystemText.read("\(folder)/memory.stat") ?? "").split(separator: "\n").reduce(0) { sum, line in
            let fields = line.split(separator: " ")
            guard fields.count == 2, keys.contains(String(fields[0])) else { return sum }
            return sum &+ (Int(fields[1]) ?? 0)
        }
    }

    /// The number in a file; nil for `max`, and where there is no such file.
    private static func number(_ path: String) -> Int? {
        SystemText.read(path).flatMap { Int($0.prefix { $0 != "\n" }) }
    }

    private static func kibibytes(_ text: String, _ key: String) -> Int {
        for line in text.split(separator: "\n") where line.hasPrefix(key) {
            let fields = line.split(separator: " ")
            if fields.count > 1, let number = Int(fields[1]), number < 1 << 50 { return number * 1024 }
        }
        return 0
    }

    /// The same, no larger than what the process's limit on its addresses (`ulimit -v`) leaves.
    private func bounded(byAddressSpaceOf statistics: String) -> MemoryBudget {
        #if os(Linux)
            var limit = rlimit()
            guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < 1 << 60,
                let pages = statistics.split(separator: " ").first.flatMap({ Int($0) })
            else { return self }
            let left = max(0, Int(limit.rlim_cur) - pages * max(1, Int(sysconf(Int32(_SC_PAGESIZE)))))
            guard left < availableByteCount else { return self }
            return MemoryBudget(
                physicalByteCount: physicalByteCount, availableByteCount: left,
                bound: "the process's limit of \(limit.rlim_cur) bytes of addresses (ulimit -v)")
        #else
            return self
        #endif
    }
}
