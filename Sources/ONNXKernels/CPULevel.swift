// SPDX-License-Identifier: Apache-2.0

/// A set of kernels that a processor can run. A level includes everything below it.
package enum CPULevel: String, Sendable, CaseIterable, Comparable {
    /// Plain Swift, for every processor.
    case reference
    /// x86-64 with AVX2, FMA and F16C.
    case avx2

    package static func < (left: CPULevel, right: CPULevel) -> Bool {
        left == .reference && right == .avx2
    }

    /// The highest level that is compiled in and that the processor can run.
    package static func highest(for features: CPUFeatures) -> CPULevel {
        #if ONNXLM_AVX2
            return features.hasAVX2Kernels ? .avx2 : .reference
        #else
            return .reference
        #endif
    }
}
