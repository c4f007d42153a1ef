// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
import ONNXKernels
import Testing

@Suite struct KernelSetTests {
    /// What each level adds to the one below.
    static let additions: [(level: CPULevel, features: [any WritableKeyPath<CPUFeatures, Bool> & Sendable])] =
        [
            (.reference, []),
            (.avx2, [\.avx2, \.fma, \.f16c, \.savesVectorState]),
            (
                .avx512vnni,
                [\.avx512f, \.avx512dq, \.avx512bw, \.avx512vl, \.avx512vnni, \.savesWideVectorState]
            ),
            (.amx, [\.amxTile, \.amxInt8, \.amxBFloat16, \.savesTileState]),
        ]

    /// A processor with everything up to a level and nothing beyond.
    static func processor(_ level: CPULevel) -> CPUFeatures {
        var features = CPUFeatures()
        for addition in additions where addition.level <= level {
            for feature in addition.features { features[keyPath: feature] = true }
        }
        return features
    }

    /// A level, or the highest below it that this build has.
    static func compiled(_ level: CPULevel) -> CPULevel {
        #if ONNXLM_AVX512VNNI
            return level
        #elseif ONNXLM_AVX2
            return min(level, .avx2)
        #else
            return .reference
        #endif
    }

    @Test func everyLevelHasAnEntry() {
        #expect(Self.additions.map(\.level) == CPULevel.allCases)
        #expect(CPULevel.allCases.sorted() == CPULevel.allCases)
    }

    @Test(arguments: CPULevel.allCases) func everyFeatureIsNeeded(_ level: CPULevel) {
        var below = CPULevel.reference
        for addition in Self.additions where addition.level <= level {
            for feature in addition.features {
                var features = Self.processor(level)
                features[keyPath: feature] = false
                #expect(CPULevel.highest(for: features) == Self.compiled(below))
                for limit in [nil] + CPULevel.allCases {
                    let selected = KernelSet.select(for: features, limit: limit).level
                    #expect(selected == Self.compiled(min(below, limit ?? below)))
                }
            }
            below = addition.level
        }
    }

    @Test(arguments: CPULevel.allCases) func theLimitIsKept(_ level: CPULevel) {
        let features = Self.processor(level)
        #expect(KernelSet.select(for: features, limit: nil).level == Self.compiled(level))
        for limit in CPULevel.allCases {
            let selected = KernelSet.select(for: features, limit: limit).level
            #expect(selected == Self.compiled(min(level, limit)))
        }
    }

    #if ONNXLM_AVX512VNNI
        @Test(arguments: CPULevel.allCases) func intelHasItsOwnAttentionWithoutTiles(_ level: CPULevel) {
            func attention(_ features: CPUFeatures) -> UnsafeRawPointer {
                unsafeBitCast(
                    KernelSet.select(for: features, limit: nil).attendInt16, to: UnsafeRawPointer.self)
            }
            let features = Self.processor(level)
            var intel = features
            intel.isIntel = true
            #expect((attention(features) != attention(intel)) == (level == .avx512vnni))
            #expect(KernelSet.select(for: intel, limit: nil).level == level)
        }
    #endif

    @Test func wordsOfAProcessorAreDecoded() {
        let fma: UInt32 = 1 << 12
        let osxsave: UInt32 = 1 << 27
        let f16c: UInt32 = 1 << 29
        let avx2: UInt32 = 1 << 5
        let avx512: UInt32 = 1 << 16 | 1 << 17 | 1 << 30 | 1 << 31
        let vnni: UInt32 = 1 << 11
        func features(
            _ leaf1: UInt32, _ leaf7: UInt32, _ xcr0: UInt64, _ more: UInt32 = 0, _ tiles: UInt32 = 0,
            isPermitted: Bool = true, maker: UInt32 = 0
        ) -> CPUFeatures {
            CPUFeatures(
                words: onnxlm_cpu_words(
                    leaf0_ebx: maker, leaf1_ecx: leaf1, leaf7_ebx: leaf7, leaf7_ecx: more, leaf7_edx: tiles,
                    xcr0: xcr0, permits_tiles: isPermitted ? 1 : 0))
        }
        let basis = fma | osxsave | f16c
        #expect(features(basis, avx2, 7).hasAVX2Kernels)
        #expect(!features(fma | f16c, avx2, 7).hasAVX2Kernels)
        #expect(!features(basis, avx2, 2).hasAVX2Kernels)
        #expect(!features(basis, 0, 7).hasAVX2Kernels)
        #expect(!features(osxsave | f16c, avx2, 7).hasAVX2Kernels)
        #expect(features(basis, avx2 | avx512, 0xE7, vnni) == Self.processor(.avx512vnni))
        #expect(features(basis, avx2 | avx512, 7, vnni).hasAVX2Kernels)
        for state: UInt64 in [7, 0x27, 0x47, 0x87, 0x67, 0xA7, 0xC7, 0xE3, 0xE5] {
            #expect(!features(basis, avx2 | avx512, state, vnni).hasAVX512VNNIKernels)
        }
        #expect(!features(basis, avx2 | avx512, 0xE7, 0).hasAVX512VNNIKernels)
        let amx: UInt32 = 1 << 22 | 1 << 24 | 1 << 25
        #expect(features(basis, avx2 | avx512, 0x600E7, vnni, amx) == Self.processor(.amx))
        for state: UInt64 in [0xE7, 0x200E7, 0x400E7, 0x60007] {
            #expect(!features(basis, avx2 | avx512, state, vnni, amx).hasAMXKernels)
        }
        for tiles: UInt32 in [0, 1 << 24, 1 << 25] {
            #expect(!features(basis, avx2 | avx512, 0x600E7, vnni, tiles).hasAMXKernels)
        }
        #expect(!features(basis, avx2 | avx512, 0x600E7, vnni, amx, isPermitted: false).hasAMXKernels)
        #expect(features(0, 0, 0) == CPUFeatures())
        // The first letters of GenuineIntel, and of AuthenticAMD.
        #expect(features(0, 0, 0, maker: 0x756E_6547).isIntel)
        #expect(!features(0, 0, 0, maker: 0x6874_7541).isIntel)
    }
}
