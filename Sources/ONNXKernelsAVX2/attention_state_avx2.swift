// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// Merges the state of a later range; see `onnxlm_attention_merge_args`.
    @c(onnxlm_attention_merge_f32_avx2)
    package func attention_merge_f32_avx2(_ args: UnsafePointer<onnxlm_attention_merge_args>) {
        let a = args.pointee
        let size = Int(a.head_size)
        var row = 0
        while row < Int(a.rows) {
            let laterSum = a.later_sums[row]
            if laterSum != 0 {
                let earlier = a.maxima[row]
                let later = a.later_maxima[row]
                let larger = earlier > later ? earlier : later
                let sum = a.sums[row]
                let decay = sum == 0 ? splat(0) : exp8(splat(earlier - larger))
                let weight = exp8(splat(later - larger))
                a.maxima[row] = larger
                a.sums[row] = sum * _mm256_cvtss_f32(decay) + laterSum * _mm256_cvtss_f32(weight)
                let outputs = a.outputs + row &* size
                let laterOutputs = a.later_outputs + row &* size
                var i = 0
                while i < size {
                    let rest = size &- i
                    let kept = _mm256_mul_ps(loadPart(outputs + i, rest), decay)
                    let joined = _mm256_fmadd_ps(loadPart(laterOutputs + i, rest), weight, kept)
                    storePart(outputs + i, joined, rest)
                    i &+= 8
                }
            }
            row &+= 1
        }
    }

    /// Divides by the sums; see `onnxlm_attention_finish_args`.
    @c(onnxlm_attention_finish_f32_avx2)
    package func attention_finish_f32_avx2(_ args: UnsafePointer<onnxlm_attention_finish_args>) {
        let a = args.pointee
        let size = Int(a.head_size)
        var position = 0
        while position < Int(a.positions) {
            var head = 0
            while head < Int(a.heads) {
                let row = position &* Int(a.heads) &+ head
                let offset = position &* Int(a.y_position_stride) &+ head &* Int(a.y_head_stride)
                let y = a.y + offset
                let outputs = a.outputs + row &* size
                let sum = a.sums[row]
                let divisor = splat(sum)
                var i = 0
                while i < size {
                    let rest = size &- i
                    let quotient = _mm256_div_ps(loadPart(outputs + i, rest), divisor)
                    storePart(y + i, sum == 0 ? _mm256_setzero_ps() : quotient, rest)
                    i &+= 8
                }
                head &+= 1
            }
            position &+= 1
        }
    }
#endif
