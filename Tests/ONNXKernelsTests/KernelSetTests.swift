// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
import ONNXKernels
import Testing

@Suite struct KernelSetTests {
    static let complete = CPUFeatures(avx2: true, fma: true, f16c: true, savesVectorState: true)

    @Test func everyFeatureIsNeeded() {
        let changes: [WritableKeyPath<CPUFeatures, Bool>] = [\.avx2, \.fma, \.f16c, \.savesVectorState]
        for change in changes {
            var features = Self.complete
            features[keyPath: change] = false
            #expect(CPULevel.highest(for: features) == .reference)
            #expect(KernelSet.select(for: features, limit: nil).level == .reference)
            #expect(KernelSet.select(for: features, limit: .avx2).level == .reference)
        }
    }

    @Test func theLimitIsKept() {
        #if ONNXLM_AVX2
            #expect(KernelSet.select(for: Self.complete, limit: nil).level == .avx2)
            #expect(KernelSet.select(for: Self.complete, limit: .avx2).level == .avx2)
        #else
            #expect(KernelSet.select(for: Self.complete, limit: nil).level == .reference)
        #endif
        #expect(KernelSet.select(for: Self.complete, limit: .reference).level == .reference)
    }

    @Test func wordsOfAProcessorAreDecoded() {
        let fma: UInt32 = 1 << 12
        let osxsave: UInt32 = 1 << 27
        let f16c: UInt32 = 1 << 29
        let avx2: UInt32 = 1 << 5
        func features(_ leaf1: UInt32, _ leaf7: UInt32, _ xcr0: UInt64) -> CPUFeatures {
            CPUFeatures(words: onnxlm_cpu_words(leaf1_ecx: leaf1, leaf7_ebx: leaf7, xcr0: xcr0))
        }
        #expect(features(fma | osxsave | f16c, avx2, 7).hasAVX2Kernels)
        #expect(!features(fma | f16c, avx2, 7).hasAVX2Kernels)
        #expect(!features(fma | osxsave | f16c, avx2, 2).hasAVX2Kernels)
        #expect(!features(fma | osxsave | f16c, 0, 7).hasAVX2Kernels)
        #expect(!features(osxsave | f16c, avx2, 7).hasAVX2Kernels)
        #expect(
            features(0, 0, 0) == CPUFeatures(avx2: false, fma: false, f16c: false, savesVectorState: false))
    }
}
