// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// `a + b`.
    @c(onnxlm_add_f32_avx2)
    package func add_f32_avx2(_ args: UnsafePointer<onnxlm_binary_args>) {
        let a = args.pointee
        let count = Int(a.count)
        var i = 0
        while i < count {
            let sum = _mm256_add_ps(loadPart(a.a + i, count &- i), loadPart(a.b + i, count &- i))
            storePart(a.y + i, sum, count &- i)
            i &+= 8
        }
    }

    /// `a * b`.
    @c(onnxlm_mul_f32_avx2)
    package func mul_f32_avx2(_ args: UnsafePointer<onnxlm_binary_args>) {
        let a = args.pointee
        let count = Int(a.count)
        var i = 0
        while i < count {
            let product = _mm256_mul_ps(loadPart(a.a + i, count &- i), loadPart(a.b + i, count &- i))
            storePart(a.y + i, product, count &- i)
            i &+= 8
        }
    }

    /// `silu(a) * b`.
    @c(onnxlm_silu_mul_f32_avx2)
    package func silu_mul_f32_avx2(_ args: UnsafePointer<onnxlm_binary_args>) {
        let a = args.pointee
        let count = Int(a.count)
        let one = splat(1)
        var i = 0
        while i < count {
            let gate = silu8(loadPart(a.a + i, count &- i), one)
            storePart(a.y + i, _mm256_mul_ps(gate, loadPart(a.b + i, count &- i)), count &- i)
            i &+= 8
        }
    }
#endif
