// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXKernels
import Testing

@Suite struct AvailableCoresTests {
    @Test(
        arguments: [
            ("max 100000\n", nil), ("200000 100000\n", 2), ("150000 100000", 2), ("1000 100000\n", 1),
            ("", nil),
            ("-5 100000", nil), ("100000 0", nil), ("99999999999999999999 1", nil), ("100000 100000 7", nil),
        ] as [(String, Int?)])
    func readsQuotas(_ text: String, _ cores: Int?) {
        #expect(AvailableCores.cores(ofQuota: text) == cores)
    }

    /// Invented machines: the process's groups, the files below the mount point, the cores.
    static let machines: [(groups: String, files: [String: String], cores: Int?)] = [
        ("0::/\n", ["cpu.max": "300000 100000\n"], 3),
        ("0::/\n", ["cpu.max": "max 100000\n"], nil),
        ("0::/a/b\n", ["a/b/cpu.max": "max 100000\n", "a/cpu.max": "250000 100000\n"], 3),
        ("0::/a/b\n", ["a/b/cpu.max": "100000 100000\n", "a/cpu.max": "400000 100000\n"], 1),
        // A container that sees its own group as the root of a hierarchy whose path it is told.
        ("0::/docker/1f\n", ["cpu.max": "200000 100000\n"], 2),
        ("0::/../outside\n", ["cpu.max": "200000 100000\n"], nil),
        (
            "12:memory:/x\n4:cpu,cpuacct:/x\n0::/\n",
            ["cpu,cpuacct/x/cpu.cfs_quota_us": "150000\n", "cpu,cpuacct/x/cpu.cfs_period_us": "100000\n"], 2
        ),
        (
            "4:cpu,cpuacct:/docker/1f\n",
            ["cpu,cpuacct/cpu.cfs_quota_us": "50000\n", "cpu,cpuacct/cpu.cfs_period_us": "100000\n"], 1
        ),
        ("4:cpu:/\n", ["cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"], nil),
        ("4:cpuset:/\n", ["cpuset/cpu.max": "100000 100000\n"], nil),
        ("nonsense\n", ["cpu.max": "100000 100000\n"], nil),
        ("", [:], nil),
    ]

    @Test(arguments: machines.indices) func followsControlGroups(_ index: Int) throws {
        let machine = Self.machines[index]
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in machine.files {
            let file = root.appendingPathComponent("mount/" + path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        try Data(machine.groups.utf8).write(to: root.appendingPathComponent("groups"))
        let cores = AvailableCores.quota(
            ofGroups: root.path + "/groups", under: root.path + "/mount")
        #expect(cores == machine.cores)
    }

    @Test func withoutFilesThereIsNoQuota() {
        #expect(AvailableCores.quota(ofGroups: "/nowhere/groups", under: "/nowhere") == nil)
    }

    @Test func neverMoreThanTheMachineHas() {
        #expect(AvailableCores.count >= 1)
        #expect(AvailableCores.count <= ProcessInfo.processInfo.processorCount)
    }
}
