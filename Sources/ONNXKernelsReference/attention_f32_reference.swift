// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import CONNXKernelABI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Running softmax of a tile of query rows over a range of keys of any type and order; see `onnxlm_attention_args`.
@c(onnxlm_attention_f32_reference)
package func attention_f32_reference(_ args: UnsafePointer<onnxlm_attention_args>) {
    let a = args.pointee
    for position in 0..<Int(a.positions) {
        let absolute = Int(a.first_position) + position
        var low = Int(a.first_key)
        var high = Int(a.last_key)
        if a.causal != 0 { high = min(high, absolute + 1) }
        if a.window > 0 { low = max(low, absolute - Int(a.window) + 1) }
        for head in 0..<Int(a.heads) {
            attendRow(a, position: position, head: head, low: low, high: high)
        }
    }
}

private func attendRow(_ a: onnxlm_attention_args, position: Int, head: Int, low: Int, high: Int) {
    let size = Int(a.head_size)
    let row = position * Int(a.heads) + head
    let output = a.outputs + row * size
    var maximum = -Float.infinity
    var sum: Float = 0
    for i in 0..<size { output[i] = 0 }
    let query = a.query + (position * Int(a.query_position_stride) + head * Int(a.query_head_stride))
    let block = Int(ONNXLM_ATTENTION_BLOCK)
    var start = low / block * block
    while start < high {
        let first = max(low, start)
        let last = min(high, start + block)
        var blockMaximum = -Float.infinity
        var isEmpty = true
        for key in first..<last {
            var score: Float = 0
            let column = key - Int(a.first_key)
            for i in 0..<size {
                let element = cached(a.keys, keyIndex(a, column, i), a.cache_type)
                score = score.addingFused(query[i], element)
            }
            if let scales = a.key_scales { score *= scales[column] }
            score *= a.scale
            if a.softcap > 0 { score = a.softcap * tanhf(score / a.softcap) }
            if let bias = a.bias {
                score += bias[head * Int(a.bias_head_stride) + position * Int(a.bias_position_stride) + key]
            }
            a.scores[key - start] = score
            if score > blockMaximum { blockMaximum = score }
            if score != -.infinity { isEmpty = false }
        }
        start += block
        if isEmpty { continue }
        let larger = max(maximum, blockMaximum)
        let decay = maximum == -.infinity ? 0 : expf(maximum - larger)
        maximum = larger
        sum *= decay
        for i in 0..<size { output[i] *= decay }
        for key in first..<last {
            let column = key - Int(a.first_key)
            let weight = expf(a.scores[key - start + block] - larger)
            sum += weight
            let factor = weight * (a.value_scales?[column] ?? 1)
            for i in 0..<size {
                output[i] += factor * cached(a.values, valueIndex(a, column, i), a.cache_type)
            }
        }
    }
    a.maxima[row] = maximum
    a.sums[row] = sum
}

@inline(__always)
private func keyIndex(_ a: onnxlm_attention_args, _ column: Int, _ element: Int) -> Int {
    if a.key_row_stride != 0 { return column * Int(a.key_row_stride) + element }
    return cacheIndex(column, element, Int(a.head_size), a.cache_type, panels: true)
}

@inline(__always)
private func valueIndex(_ a: onnxlm_attention_args, _ column: Int, _ element: Int) -> Int {
    if !liesInPairs(a.cache_type) { return column * Int(a.value_row_stride) + element }
    return cacheIndex(column, element, Int(a.head_size), a.cache_type, panels: false)
}

@inline(__always)
private func cached(_ base: UnsafeRawPointer, _ index: Int, _ type: Int32) -> Float {
    if type == ONNXLM_CACHE_F16 {
        return float(fromHalfBits: base.load(fromByteOffset: index * 2, as: UInt16.self))
    }
    if type == ONNXLM_CACHE_BF16 {
        return Float(bitPattern: UInt32(base.load(fromByteOffset: index * 2, as: UInt16.self)) << 16)
    }
    if type == ONNXLM_CACHE_I16 { return Float(base.load(fromByteOffset: index * 2, as: Int16.self)) }
    if type == ONNXLM_CACHE_I8 { return Float(base.load(fromByteOffset: index, as: Int8.self)) }
    return base.load(fromByteOffset: index * 4, as: Float.self)
}

/// Merges the state of a later range; see `onnxlm_attention_merge_args`.
@c(onnxlm_attention_merge_f32_reference)
package func attention_merge_f32_reference(_ args: UnsafePointer<onnxlm_attention_merge_args>) {
    let a = args.pointee
    let size = Int(a.head_size)
    for row in 0..<Int(a.rows) {
        let earlier = a.maxima[row]
        let later = a.later_maxima[row]
        if a.later_sums[row] == 0 { continue }
        let larger = earlier > later ? earlier : later
        let decay = a.sums[row] == 0 ? 0 : expf(earlier - larger)
        let weight = expf(later - larger)
        a.maxima[row] = larger
        a.sums[row] = a.sums[row] * decay + a.later_sums[row] * weight
        for i in 0..<size {
            let index = row * size + i
            a.outputs[index] = a.outputs[index] * decay + a.later_outputs[index] * weight
        }
    }
}

/// Divides by the sums; see `onnxlm_attention_finish_args`.
@c(onnxlm_attention_finish_f32_reference)
package func attention_finish_f32_reference(_ args: UnsafePointer<onnxlm_attention_finish_args>) {
    let a = args.pointee
    let size = Int(a.head_size)
    for position in 0..<Int(a.positions) {
        for head in 0..<Int(a.heads) {
            let row = position * Int(a.heads) + head
            let y = a.y + (position * Int(a.y_position_stride) + head * Int(a.y_head_stride))
            let sum = a.sums[row]
            for i in 0..<size { y[i] = sum == 0 ? 0 : a.outputs[row * size + i] / sum }
        }
    }
}
