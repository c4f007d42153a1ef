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

/// The largest element of each block; see `onnxlm_block_maxima_args`.
@c(onnxlm_block_maxima_f32_reference)
package func block_maxima_f32_reference(_ args: UnsafePointer<onnxlm_block_maxima_args>) {
    let a = args.pointee
    let block = Int(ONNXLM_MAXIMA_BLOCK)
    a.unordered.pointee = 0
    for start in stride(from: 0, to: Int(a.count), by: block) {
        var largest = -Float.infinity
        for i in start..<min(start + block, Int(a.count)) {
            if a.x[i].isNaN { a.unordered.pointee = 1 }
            if a.x[i] > largest { largest = a.x[i] }
        }
        a.maxima[start / block] = largest
    }
}

/// A total of exponentials; see `onnxlm_exponential_sum_args`.
@c(onnxlm_exponential_sum_f32_reference)
package func exponential_sum_f32_reference(_ args: UnsafePointer<onnxlm_exponential_sum_args>) {
    let a = args.pointee
    var sum = 0.0
    for i in 0..<Int(a.count) where a.x[i] < a.threshold {
        sum += exp(Double(a.x[i] - a.largest) * a.factor)
    }
    a.sum.pointee = sum
}

/// The elements between two bounds; see `onnxlm_select_args`.
@c(onnxlm_select_f32_reference)
package func select_f32_reference(_ args: UnsafePointer<onnxlm_select_args>) {
    let a = args.pointee
    var found = 0
    for i in 0..<Int(a.count) where a.x[i] >= a.lower && a.x[i] < a.upper {
        a.values[found] = a.x[i]
        a.places[found] = Int32(truncatingIfNeeded: i)
        found += 1
    }
    a.found.pointee = Int64(found)
}
