// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Rotary embedding of the heads of one position; see `onnxlm_rotary_args`.
    @c(onnxlm_rotary_f32_avx512vnni)
    package func rotary_f32_avx512vnni(_ args: UnsafePointer<onnxlm_rotary_args>) {
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
                    let lanes = firstLanes(size &- i)
                    _mm512_mask_storeu_ps(y + i, lanes, _mm512_maskz_loadu_ps(lanes, x + i))
                    i &+= 16
                }
            }
            head &+= 1
        }
    }

    @inline(always)
    private func rotateHalves(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ cos: UnsafePointer<Float>,
        _ sin: UnsafePointer<Float>, _ half: Int
    ) {
        var j = 0
        while j &+ 16 <= half {
            rotateHalves(x, y, cos, sin, half, j, .max)
            j &+= 16
        }
        if j < half { rotateHalves(x, y, cos, sin, half, j, firstLanes(half &- j)) }
    }

    /// Sixteen pairs from j on, or the first of them.
    @inline(always)
    private func rotateHalves(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ cos: UnsafePointer<Float>,
        _ sin: UnsafePointer<Float>, _ half: Int, _ j: Int, _ lanes: __mmask16
    ) {
        let c = _mm512_maskz_loadu_ps(lanes, cos + j)
        let s = _mm512_maskz_loadu_ps(lanes, sin + j)
        let u = _mm512_maskz_loadu_ps(lanes, x + j)
        let v = _mm512_maskz_loadu_ps(lanes, x + (half &+ j))
        _mm512_mask_storeu_ps(y + j, lanes, _mm512_fmsub_ps(u, c, _mm512_mul_ps(v, s)))
        _mm512_mask_storeu_ps(y + (half &+ j), lanes, _mm512_fmadd_ps(v, c, _mm512_mul_ps(u, s)))
    }

    @inline(always)
    private func rotateNeighbours(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ cos: UnsafePointer<Float>,
        _ sin: UnsafePointer<Float>, _ half: Int
    ) {
        let twice = _mm512_cvtepi8_epi32(_mm_setr_epi8(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7))
        var j = 0
        while j < half {
            let rest = half &- j
            let few = firstLanes(rest < 8 ? rest : 8)
            let c = _mm512_permutexvar_ps(twice, _mm512_maskz_loadu_ps(few, cos + j))
            let s = _mm512_permutexvar_ps(twice, _mm512_maskz_loadu_ps(few, sin + j))
            let lanes = firstLanes(2 &* rest)
            let pairs = _mm512_maskz_loadu_ps(lanes, x + 2 &* j)
            let swapped = onnxlm_mm512_swap_pairs_ps(pairs)
            _mm512_mask_storeu_ps(
                y + 2 &* j, lanes, _mm512_fmaddsub_ps(pairs, c, _mm512_mul_ps(swapped, s)))
            j &+= 8
        }
    }
#endif
