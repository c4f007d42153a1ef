// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX2
    import ONNXKernelsAVX2

    extension KernelSet {
        /// The kernels for x86-64 with AVX2, FMA and F16C.
        package static let avx2: KernelSet = {
            var set = KernelSet.reference
            set.level = .avx2
            return set
        }()
    }
#endif
