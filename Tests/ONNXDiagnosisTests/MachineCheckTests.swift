// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXDiagnosis
import ONNXKernels
import ONNXModelStore
import ONNXTestSupport
import Testing

/// Invented machines.
struct MachineCheckTests {
    private func facts(_ scratch: ScratchFolder) -> MachineCheck.Facts {
        var features = CPUFeatures()
        features.avx2 = true
        features.fma = true
        features.f16c = true
        features.savesVectorState = true
        return MachineCheck.Facts(
            isX86: true, features: features, level: .avx2, coreCount: 4,
            memory: MemoryBudget(
                memoryInfo: "MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\n", groups: "/none",
                root: "/none"),
            store: ModelStore(root: scratch.file("models")), cacheFolder: scratch.file("cache"))
    }

    private func worst(_ facts: MachineCheck.Facts) -> [Finding] {
        MachineCheck(facts).findings.filter { $0.severity != .good }
    }

    @Test func aGoodMachine() throws {
        let scratch = try ScratchFolder()
        let findings = MachineCheck(facts(scratch)).findings
        #expect(findings.allSatisfy { $0.severity == .good || $0.code == "io.no_space" }, "\(findings)")
        #expect(findings.count == 4)
    }

    @Test func anOldProcessor() throws {
        let scratch = try ScratchFolder()
        var facts = facts(scratch)
        facts.level = .reference
        #expect(worst(facts).map(\.code) == ["cpu.limited"])
        facts.features.fma = false
        facts.features.f16c = false
        let old = worst(facts)
        #expect(old.map(\.code) == ["cpu.old"])
        #expect(old.first?.message.contains("it lacks FMA, F16C,") == true)
        #expect(old.first?.severity == .problem)
        facts.isX86 = false
        #expect(worst(facts).map(\.code) == ["cpu.no_kernels"])
    }

    @Test func littleMemory() throws {
        let scratch = try ScratchFolder()
        var facts = facts(scratch)
        facts.memory = MemoryBudget(
            memoryInfo: "MemTotal: 400000 kB\nMemAvailable: 100000 kB\n", groups: "/none", root: "/none")
        #expect(worst(facts).map(\.code) == ["memory.insufficient"])
    }

    @Test func foldersThatCannotServe() throws {
        let scratch = try ScratchFolder()
        var facts = facts(scratch)
        try scratch.write("a file", "models")
        #expect(worst(facts).map(\.code) == ["io.not_a_folder"])
        try FileManager.default.removeItem(atPath: scratch.file("models"))
        try FileManager.default.createSymbolicLink(
            atPath: scratch.file("models"), withDestinationPath: "/nowhere/at/all")
        #expect(worst(facts).map(\.code) == ["io.dangling"])
        facts.store = nil
        facts.cacheFolder = nil
        #expect(worst(facts).map(\.code) == ["config.models_folder", "config.cache_folder"])
        facts.cacheFolder = scratch.file("cache")
        facts.cacheLimitText = "many"
        #expect(worst(facts).map(\.code) == ["config.models_folder", "config.cache_limit"])
    }

    @Test(.enabled(if: SmallDisk.obstacle == nil, "\(SmallDisk.obstacle ?? "")"))
    func aFullDisk() throws {
        let scratch = try ScratchFolder()
        let disk = try SmallDisk(kibibytes: 1024)
        var facts = facts(scratch)
        facts.store = ModelStore(root: disk.path)
        let found = worst(facts)
        #expect(found.map(\.code) == ["io.no_space"])
        #expect(found.first?.remedy == "onnxlm models")
    }

    @Test func incompleteModelsAndOpenTokensAreTold() throws {
        let scratch = try ScratchFolder()
        var facts = facts(scratch)
        try scratch.write("{}", "models/acme/.tiny.incoming/.onnxlm-pull.json")
        facts.tokenFile = try scratch.write("hf_secret", "token")
        chmod(scratch.file("token"), 0o644)
        let found = worst(facts)
        #expect(found.map(\.code) == ["store.incomplete", "io.token_permissions"])
        #expect(found.first?.remedy == "onnxlm pull acme/tiny")
        #expect(!found.contains { $0.description.contains("hf_secret") })
        chmod(scratch.file("token"), 0o600)
        #expect(worst(facts).count == 1)
    }
}
