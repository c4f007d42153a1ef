// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// e to the power x.
    @c(onnxlm_exp_f32_avx2)
    package func exp_f32_avx2(_ args: UnsafePointer<onnxlm_unary_args>) { apply(args, 0) }

    /// Hyperbolic tangent.
    @c(onnxlm_tanh_f32_avx2)
    package func tanh_f32_avx2(_ args: UnsafePointer<onnxlm_unary_args>) { apply(args, 1) }

    /// Gauss's error function.
    @c(onnxlm_erf_f32_avx2)
    package func erf_f32_avx2(_ args: UnsafePointer<onnxlm_unary_args>) { apply(args, 2) }

    /// `1 / (1 + exp(-x))`.
    @c(onnxlm_sigmoid_f32_avx2)
    package func sigmoid_f32_avx2(_ args: UnsafePointer<onnxlm_unary_args>) { apply(args, 3) }

    /// `x / (1 + exp(-x))`.
    @c(onnxlm_silu_f32_avx2)
    package func silu_f32_avx2(_ args: UnsafePointer<onnxlm_unary_args>) { apply(args, 4) }

    /// `x / (1 + exp(-parameter x))`.
    @c(onnxlm_quick_gelu_f32_avx2)
    package func quick_gelu_f32_avx2(_ args: UnsafePointer<onnxlm_unary_args>) { apply(args, 5) }

    /// `x / 2 (1 + erf(x / √2))`.
    @c(onnxlm_gelu_f32_avx2)
    package func gelu_f32_avx2(_ args: UnsafePointer<onnxlm_unary_args>) { apply(args, 6) }

    /// `x / 2 (1 + tanh(√(2/π) (x + 0.044715 x³)))`.
    @c(onnxlm_gelu_tanh_f32_avx2)
    package func gelu_tanh_f32_avx2(_ args: UnsafePointer<onnxlm_unary_args>) { apply(args, 7) }

    @inline(__always)
    private func apply(_ args: UnsafePointer<onnxlm_unary_args>, _ function: Int) {
        let a = args.pointee
        let count = Int(a.count)
        let parameter = splat(a.parameter)
        var i = 0
        while i < count {
            let x = loadPart(a.x + i, count &- i)
            storePart(a.y + i, value(x, parameter, function), count &- i)
            i &+= 8
        }
    }

    @inline(__always)
    private func value(_ x: __m256, _ parameter: __m256, _ function: Int) -> __m256 {
        switch function {
        case 0: return exp8(x)
        case 1: return tanh8(x)
        case 2: return erf8(x)
        case 3: return sigmoid8(x)
        case 4: return silu8(x, splat(1))
        case 5: return silu8(x, parameter)
        case 6:
            let erf = erf8(_mm256_mul_ps(x, splat(0.70710678118654752)))
            return _mm256_mul_ps(_mm256_mul_ps(x, splat(0.5)), _mm256_add_ps(erf, splat(1)))
        default:
            let square = _mm256_mul_ps(x, x)
            let inner = _mm256_fmadd_ps(_mm256_mul_ps(square, splat(0.044715)), x, x)
            let tanh = tanh8(_mm256_mul_ps(inner, splat(0.79788456080286536)))
            return _mm256_mul_ps(_mm256_mul_ps(x, splat(0.5)), _mm256_add_ps(tanh, splat(1)))
        }
    }
#endif
