// SPDX-License-Identifier: Apache-2.0
import ONNXDiagnosis
import ONNXTestSupport
import Testing

struct MemoryBudgetTests {
    private static let information =
        "MemTotal:       16000000 kB\nMemFree:  1 kB\nMemAvailable:    8000000 kB\n"

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let groups: String
        /// Path below the root, and contents.
        let files: [String: String]
        let available: Int
        let bound: String

        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "no groups", groups: "", files: [:], available: 8_000_000 * 1024, bound: "the machine"),
        Case(
            name: "version 2 without a limit", groups: "0::/user\n",
            files: ["user/memory.max": "max\n", "user/memory.current": "5000\n"],
            available: 8_000_000 * 1024, bound: "the machine"),
        Case(
            name: "version 2", groups: "0::/user/job\n",
            files: [
                "user/job/memory.max": "1000000\n", "user/job/memory.current": "700000\n",
                "user/job/memory.stat": "anon 100\ninactive_file 200000\nactive_file 100000\nslab 7\n",
            ], available: 600_000, bound: "the control group \"/user/job\" with its limit of 1000000 bytes"),
        Case(
            name: "a group around is tighter", groups: "0::/user/job\n",
            files: [
                "user/job/memory.max": "1000000\n", "user/job/memory.current": "0\n",
                "user/memory.max": "500000\n", "user/memory.current": "100000\n",
            ], available: 400_000, bound: "the control group \"/user\" with its limit of 500000 bytes"),
        Case(
            name: "memory.high counts", groups: "0::/\n",
            files: ["memory.max": "max\n", "memory.high": "900000\n", "memory.current": "100000\n"],
            available: 800_000, bound: "the control group \"/\" with its limit of 900000 bytes"),
        Case(
            name: "a container that sees its own group only", groups: "0::/docker/abc\n",
            files: ["memory.max": "300000\n", "memory.current": "100000\n"],
            available: 200_000, bound: "the control group \"/\" with its limit of 300000 bytes"),
        Case(
            name: "version 1", groups: "5:cpu,cpuacct:/x\n4:memory:/docker/abc\n",
            files: [
                "memory/docker/abc/memory.limit_in_bytes": "2000000\n",
                "memory/docker/abc/memory.usage_in_bytes": "1500000\n",
                "memory/docker/abc/memory.stat":
                    "inactive_file 1\ntotal_inactive_file 400000\ntotal_active_file 100000\n",
                "memory/memory.limit_in_bytes": "9223372036854771712\n",
                "memory/memory.usage_in_bytes": "1\n",
            ], available: 1_000_000,
            bound: "the control group \"/docker/abc\" with its limit of 2000000 bytes"),
        Case(
            name: "usage beyond the limit", groups: "0::/\n",
            files: ["memory.max": "1000\n", "memory.current": "5000\n"], available: 0,
            bound: "the control group \"/\" with its limit of 1000 bytes"),
        Case(
            name: "a path that climbs is not followed", groups: "0::/../x\n",
            files: ["memory.max": "1000\n", "memory.current": "0\n"], available: 8_000_000 * 1024,
            bound: "the machine"),
    ]

    @Test(arguments: cases) func limitsOfControlGroups(_ example: Case) throws {
        let scratch = try ScratchFolder()
        for (path, contents) in example.files { try scratch.write(contents, "root/\(path)") }
        let groups = try scratch.write(example.groups, "groups")
        let budget = MemoryBudget(memoryInfo: Self.information, groups: groups, root: scratch.file("root"))
        #expect(budget.physicalByteCount == 16_000_000 * 1024)
        #expect(budget.availableByteCount == example.available)
        #expect(budget.bound == example.bound)
    }

    @Test func thisMachineHasMemory() {
        let budget = MemoryBudget.current
        #expect(budget.physicalByteCount > 1 << 28)
        #expect(budget.availableByteCount > 1 << 20)
        #expect(budget.availableByteCount <= budget.physicalByteCount)
    }
}
