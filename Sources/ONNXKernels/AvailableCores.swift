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

    /// The smallest quota of this process's control group and the groups around it, rounded up to whole cores.
    private static func controlGroupQuota() -> Int? {
        #if os(Linux)
            guard let groups = contents(of: "/proc/self/cgroup") else { return nil }
            guard let line = groups.split(separator: "\n").first(where: { $0.hasPrefix("0::") }) else {
                return nil
            }
            var parts = line.dropFirst(3).split(separator: "/")
            var smallest: Int?
            while true {
                let folder = (["/sys/fs/cgroup"] + parts.map(String.init)).joined(separator: "/")
                if let text = contents(of: folder + "/cpu.max"), let quota = cores(ofQuota: text) {
                    smallest = min(smallest ?? quota, quota)
                }
                if parts.isEmpty { return smallest }
                parts.removeLast()
            }
        #else
            return nil
        #endif
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
