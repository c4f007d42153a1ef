// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Rotary embedding of the heads of one position, pairs half of what is rotated apart; see `onnxlm_rotary_args`.
    /// Same bits as the level below.
    @c(onnxlm_rotary_halves_f32_avx512vnni)
    package func rotary_halves_f32_avx512vnni(_ args: UnsafePointer<onnxlm_rotary_args>) {
        let a = args.pointee
        let half = Int(a.rotary_size) >> 1
        let size = Int(a.head_size)
        var head = 0
        while head < Int(a.heads) {
            let x = a.x + head &* Int(a.x_head_stride)
            let y = a.y + head &* Int(a.y_head_stride)
            var j = 0
            while j < half {
                let lanes = firstLanes(half &- j)
                let c = _mm512_maskz_loadu_ps(lanes, a.cos + j)
                let s = _mm512_maskz_loadu_ps(lanes, a.sin + j)
                let u = _mm512_maskz_loadu_ps(lanes, x + j)
                let v = _mm512_maskz_loadu_ps(lanes, x + (half &+ j))
                _mm512_mask_storeu_ps(y + j, lanes, _mm512_fmsub_ps(u, c, _mm512_mul_ps(v, s)))
                _mm512_mask_storeu_ps(y + (half &+ j), lanes, _mm512_fmadd_ps(v, c, _mm512_mul_ps(u, s)))
                j &+= 16
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
#endif
