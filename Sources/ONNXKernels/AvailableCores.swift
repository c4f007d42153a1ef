// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How many cores this process may use.
package enum AvailableCores {
    /// The cores of the affinity mask, or fewer if the control group has a quota; at least 1.
    package static var count: Int {
        var cores = schedulable
        if let quota = controlGroupQuota() { cores = min(cores, quota) }
        return max(1, cores)
    }

    private static var schedulable: Int {
        let affinity = Int(onnxlm_affinity_core_count())
        if affinity > 0 { return affinity }
        return Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }

    private static func controlGroupQuota() -> Int? {
        #if os(Linux)
            return quota(ofGroups: "/proc/self/cgroup", under: "/sys/fs/cgroup")
        #else
            return nil
        #endif
    }

    /// The smallest quota of a process's control group and the groups around it, rounded up to whole cores.
    ///
    /// - Parameters:
    ///   - file: the list of the process's groups, one for each hierarchy.
    ///   - root: where the hierarchies are mounted. In a container that may be the process's own group, so that
    ///     folders which the list names are missing below it.
    package static func quota(ofGroups file: String, under root: String) -> Int? {
        var smallest: Int?
        for line in (contents(of: file) ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let controllers = fields[1]
            let isUnified = controllers.isEmpty
            guard isUnified || controllers.split(separator: ",").contains("cpu") else { continue }
            var parts = fields[2].split(separator: "/").map(String.init)
            if parts.contains("..") { continue }
            while true {
                let base = isUnified ? [root] : [root, String(controllers)]
                let folder = (base + parts).joined(separator: "/")
                let cores = isUnified ? unifiedQuota(folder) : legacyQuota(folder)
                if let cores { smallest = min(smallest ?? cores, cores) }
                if parts.popLast() == nil { break }
            }
        }
        return smallest
    }

    private static func unifiedQuota(_ folder: String) -> Int? {
        contents(of: folder + "/cpu.max").flatMap(cores(ofQuota:))
    }

    private static func legacyQuota(_ folder: String) -> Int? {
        guard let quota = contents(of: folder + "/cpu.cfs_quota_us"),
            let period = contents(of: folder + "/cpu.cfs_period_us")
        else { return nil }
        return cores(ofQuota: quota + " " + period)
    }

    /// Reads `cpu.max`: `QUOTA PERIOD` in microseconds, or `max PERIOD`; nil without a quota.
    package static func cores(ofQuota text: String) -> Int? {
        let fields = text.split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard fields.count == 2, let quota = Int(fields[0]), let period = Int(fields[1]) else { return nil }
        guard quota > 0, period > 0 else { return nil }
        return max(1, quota / period + (quota % period == 0 ? 0 : 1))
    }

    private static func contents(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
