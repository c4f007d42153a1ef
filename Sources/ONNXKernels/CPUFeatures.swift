// SPDX-License-Identifier: Apache-2.0
package import CONNXKernelABI

/// The instructions of a processor that the kernels care about.
package struct CPUFeatures: Sendable, Hashable {
    /// Made by Intel.
    package var isIntel = false
    package var avx2 = false
    package var fma = false
    package var f16c = false
    /// The operating system saves the 256-bit registers.
    package var savesVectorState = false
    package var avx512f = false
    package var avx512dq = false
    package var avx512bw = false
    package var avx512vl = false
    package var avx512vnni = false
    /// The operating system saves the 512-bit registers, the upper sixteen and the masks too.
    package var savesWideVectorState = false
    package var amxTile = false
    package var amxInt8 = false
    package var amxBFloat16 = false
    /// The operating system saves the tiles, and lets this process use them.
    package var savesTileState = false

    /// A processor with none of them.
    package init() {}

    /// Decodes the identification words of an x86 processor.
    package init(words: onnxlm_cpu_words) {
        func bit(_ word: UInt32, _ index: UInt32) -> Bool { word & (1 << index) != 0 }
        // "GenuineIntel" begins with these letters.
        isIntel = words.leaf0_ebx == 0x756E_6547
        fma = bit(words.leaf1_ecx, 12)
        f16c = bit(words.leaf1_ecx, 29)
        avx2 = bit(words.leaf7_ebx, 5)
        avx512f = bit(words.leaf7_ebx, 16)
        avx512dq = bit(words.leaf7_ebx, 17)
        avx512bw = bit(words.leaf7_ebx, 30)
        avx512vl = bit(words.leaf7_ebx, 31)
        avx512vnni = bit(words.leaf7_ecx, 11)
        amxTile = bit(words.leaf7_edx, 24)
        amxInt8 = bit(words.leaf7_edx, 25)
        amxBFloat16 = bit(words.leaf7_edx, 22)
        let tellsState = bit(words.leaf1_ecx, 27)
        savesVectorState = tellsState && words.xcr0 & 0b110 == 0b110
        savesWideVectorState = tellsState && words.xcr0 & 0b1110_0110 == 0b1110_0110
        savesTileState = tellsState && words.xcr0 & 0x6_0000 == 0x6_0000 && words.permits_tiles != 0
    }

    /// The processor that runs this; without tiles where the environment asks for a level below them.
    package static let current = CPUFeatures(
        words: onnxlm_read_cpu_words((EngineEnvironment.cpuLevel ?? .amx) >= .amx ? 1 : 0))

    /// Whether the AVX2 kernels may run.
    package var hasAVX2Kernels: Bool { avx2 && fma && f16c && savesVectorState }

    /// Whether the AVX-512 VNNI kernels may run, and those of the levels below.
    package var hasAVX512VNNIKernels: Bool {
        hasAVX2Kernels && avx512f && avx512dq && avx512bw && avx512vl && avx512vnni && savesWideVectorState
    }

    /// Whether the AMX kernels may run, and those of the levels below.
    package var hasAMXKernels: Bool {
        hasAVX512VNNIKernels && amxTile && amxInt8 && amxBFloat16 && savesTileState
    }
}
