// SPDX-License-Identifier: Apache-2.0
package import CONNXKernelABI

/// The instructions of a processor that the kernels care about.
package struct CPUFeatures: Sendable, Hashable {
    package var avx2: Bool
    package var fma: Bool
    package var f16c: Bool
    /// The operating system saves the 256-bit registers.
    package var savesVectorState: Bool

    package init(avx2: Bool, fma: Bool, f16c: Bool, savesVectorState: Bool) {
        self.avx2 = avx2
        self.fma = fma
        self.f16c = f16c
        self.savesVectorState = savesVectorState
    }

    /// Decodes the identification words of an x86 processor.
    package init(words: onnxlm_cpu_words) {
        fma = words.leaf1_ecx & (1 << 12) != 0
        f16c = words.leaf1_ecx & (1 << 29) != 0
        avx2 = words.leaf7_ebx & (1 << 5) != 0
        savesVectorState = words.leaf1_ecx & (1 << 27) != 0 && words.xcr0 & 0b110 == 0b110
    }

    /// The processor that runs this.
    package static let current = CPUFeatures(words: onnxlm_read_cpu_words())

    /// Whether the AVX2 kernels may run.
    package var hasAVX2Kernels: Bool { avx2 && fma && f16c && savesVectorState }
}
