// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// Rotary embedding of the heads of one position; see `onnxlm_rotary_args`.
    @c(onnxlm_rotary_f32_avx2)
    package func rotary_f32_avx2(_ args: UnsafePointer<onnxlm_rotary_args>) {
        let a = args.pointee
        let half = Int(a.rotary_size) >> 1
        let size = Int(a.head_size)
        var head = 0
        while head < Int(a.heads) {
            let x = a.x + head &* Int(a.x_head_stride)
            let y = a.y + head &* Int(a.y_head_stride)
            if a.interleaved != 0 {
                rotateNeighbours(x, y, a.cos, a.sin, half)
            } else {
                rotateHalves(x, y, a.cos, a.sin, half)
            }
            if UnsafePointer(y) != x {
                var i = half &* 2
                while i < size {
                    storePart(y + i, loadPart(x + i, size &- i), size &- i)
                    i &+= 8
                }
            }
            head &+= 1
        }
    }

    @inline(__always)
    private func rotateHalves(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ cos: UnsafePointer<Float>,
        _ sin: UnsafePointer<Float>, _ half: Int
    ) {
        var j = 0
        while j < half {
            let rest = half &- j
            let c = loadPart(cos + j, rest)
            let s = loadPart(sin + j, rest)
            let u = loadPart(x + j, rest)
            let v = loadPart(x + (half &+ j), rest)
            storePart(y + j, _mm256_fmsub_ps(u, c, _mm256_mul_ps(v, s)), rest)
            storePart(y + (half &+ j), _mm256_fmadd_ps(v, c, _mm256_mul_ps(u, s)), rest)
            j &+= 8
        }
    }

    @inline(__always)
    private func rotateNeighbours(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ cos: UnsafePointer<Float>,
        _ sin: UnsafePointer<Float>, _ half: Int
    ) {
        let twice = _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3)
        var j = 0
        while j < half {
            let rest = half &- j
            let c = _mm256_permutevar8x32_ps(loadPart(cos + j, rest < 4 ? rest : 4), twice)
            let s = _mm256_permutevar8x32_ps(loadPart(sin + j, rest < 4 ? rest : 4), twice)
            let pairs = loadPart(x + 2 &* j, 2 &* rest)
            let swapped = onnxlm_mm256_swap_pairs_ps(pairs)
            storePart(y + 2 &* j, _mm256_fmaddsub_ps(pairs, c, _mm256_mul_ps(swapped, s)), 2 &* rest)
            j &+= 4
        }
    }
#endif
