// SPDX-License-Identifier: Apache-2.0

/// A set of kernels that a processor can run. A level includes everything below it.
package enum CPULevel: String, Sendable, CaseIterable, Comparable {
    /// Plain Swift, for every processor.
    case reference
    /// x86-64 with AVX2, FMA and F16C.
    case avx2
    /// x86-64 with AVX-512 F, DQ, BW, VL and VNNI.
    case avx512vnni
    /// The same with AMX tiles of bytes.
    case amx

    private var rank: Int {
        switch self {
        case .reference: 0
        case .avx2: 1
        case .avx512vnni: 2
        case .amx: 3
        }
    }

    package static func < (left: CPULevel, right: CPULevel) -> Bool { left.rank < right.rank }

    /// The highest level that is compiled in and that the processor can run.
    package static func highest(for features: CPUFeatures) -> CPULevel {
        #if ONNXLM_AVX512VNNI
            if features.hasAMXKernels { return .amx }
            if features.hasAVX512VNNIKernels { return .avx512vnni }
        #endif
        #if ONNXLM_AVX2
            if features.hasAVX2Kernels { return .avx2 }
        #endif
        return .reference
    }
}
