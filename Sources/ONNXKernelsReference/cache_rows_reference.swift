// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import CONNXKernelABI

/// Writes rows to a cache of any type; see `onnxlm_cache_rows_args`.
@c(onnxlm_cache_rows_reference)
package func cache_rows_reference(_ args: UnsafePointer<onnxlm_cache_rows_args>) {
    let a = args.pointee
    for row in 0..<Int(a.rows) {
        let x = a.x + row * Int(a.x_row_stride)
        let position = Int(a.first) + row
        var scale: Float = 1
        if let largest = largestCode(a) {
            scale = rowScale(x, Int(a.head_size), largest)
            a.scales?[position] = scale
        }
        for i in 0..<Int(a.head_size) {
            let index = cacheIndex(position, i, Int(a.head_size), a.cache_type, panels: a.panels != 0)
            switch a.cache_type {
            case ONNXLM_CACHE_F16:
                a.y.storeBytes(of: halfBits(from: x[i]), toByteOffset: index * 2, as: UInt16.self)
            case ONNXLM_CACHE_I8:
                let code = scale.isNaN ? 1 : (x[i] / scale).rounded(.toNearestOrEven)
                a.y.storeBytes(of: Int8(code), toByteOffset: index, as: Int8.self)
            case ONNXLM_CACHE_I16:
                let code = scale.isNaN ? 1 : (x[i] / scale).rounded(.toNearestOrEven)
                a.y.storeBytes(of: Int16(code), toByteOffset: index * 2, as: Int16.self)
            case ONNXLM_CACHE_BF16:
                let bits = bfloat16Bits(fromBits: x[i].bitPattern)
                a.y.storeBytes(of: bits, toByteOffset: index * 2, as: UInt16.self)
            default:
                a.y.storeBytes(of: x[i], toByteOffset: index * 4, as: Float.self)
            }
        }
    }
}

/// The largest code of a type that has a scale for each row.
private func largestCode(_ a: onnxlm_cache_rows_args) -> Float? {
    switch a.cache_type {
    case ONNXLM_CACHE_I8: 127
    case ONNXLM_CACHE_I16: Float(a.panels != 0 ? ONNXLM_CACHE_I16_KEY : ONNXLM_CACHE_I16_VALUE)
    default: nil
    }
}

private func rowScale(_ x: UnsafePointer<Float>, _ count: Int, _ largestCode: Float) -> Float {
    var largest: Float = 0
    for i in 0..<count {
        if !x[i].isFinite { return .nan }
        largest = max(largest, abs(x[i]))
    }
    let scale = largest / largestCode
    // Below the normal numbers the quotient would lose its accuracy: such rows become zeros.
    return scale < .leastNormalMagnitude ? 1 : scale
}

/// Whether neighbours of a type lie side by side.
@inline(__always)
func liesInPairs(_ type: Int32) -> Bool { type == ONNXLM_CACHE_I16 || type == ONNXLM_CACHE_BF16 }

/// The place of an element among those of its head.
@inline(__always)
func cacheIndex(_ position: Int, _ element: Int, _ headSize: Int, _ type: Int32, panels: Bool) -> Int {
    let width = Int(ONNXLM_CACHE_PANEL)
    if liesInPairs(type) {
        if !panels { return (position / 2 * headSize + element) * 2 + position % 2 }
        if element | 1 < headSize {
            return (position / width * headSize + element / 2 * 2) * width + position % width * 2 + element
                % 2
        }
    }
    if !panels { return position * headSize + element }
    return (position / width * headSize + element) * width + position % width
}
