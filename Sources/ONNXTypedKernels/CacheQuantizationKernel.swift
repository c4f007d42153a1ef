// SPDX-License-Identifier: Apache-2.0
package import ONNXTensors

/// Keys or values in 8 or 4 bits: `x ≈ q · scale`, one scale for all, or one for each element of each head.
package struct CacheQuantization: Sendable {
    /// 8, or 4 with two elements a byte, low bits first, as `q + 8`.
    package var bits: Int
    package var heads: Int
    package var headSize: Int

    package init(bits: Int, heads: Int, headSize: Int) {
        self.bits = bits
        self.heads = heads
        self.headSize = headSize
    }

    private var range: ClosedRange<Float> { bits == 8 ? -128...127 : -8...7 }

    @inline(__always)
    private func code(_ value: Float, _ scale: Float) -> Float {
        let quotient = (value / scale).rounded(.toNearestOrEven)
        return quotient.isNaN ? 0 : min(max(quotient, range.lowerBound), range.upperBound)
    }

    /// Calls `body` with the first element of each row of a head and the row's scales, `nil` for one scale for all.
    private func forEachRow(
        of shape: Shape, rowsPerHead: Int, scales: Tensor, _ body: (Int, UnsafePointer<Float>, Int) -> Void
    ) {
        let all = scales.pointer(to: Float.self)
        let step = scales.shape.elementCount == 1 ? 0 : 1
        for row in 0..<shape.elementCount / max(1, headSize) {
            let head = row / max(1, rowsPerHead) % heads
            body(row * headSize, all + step * head * headSize, step)
        }
    }

    /// Replaces each element by what quantisation makes of it; the rows of heads are interleaved.
    package func round(_ rows: Tensor, scales: Tensor) {
        let x = rows.mutablePointer(to: Float.self)
        forEachRow(of: rows.shape, rowsPerHead: 1, scales: scales) { first, scale, step in
            for i in 0..<headSize { x[first + i] = code(x[first + i], scale[i * step]) * scale[i * step] }
        }
    }

    /// `[batch, heads, length, head size]` of float32, quantised.
    package func quantize(_ cache: Tensor, scales: Tensor, into target: Tensor) {
        let x = cache.pointer(to: Float.self)
        let bytes = target.mutablePointer(to: UInt8.self)
        forEachRow(of: cache.shape, rowsPerHead: cache.shape[2], scales: scales) { first, scale, step in
            for i in 0..<headSize {
                let value = code(x[first + i], scale[i * step])
                if bits == 8 {
                    bytes[first + i] = UInt8(bitPattern: Int8(value))
                } else {
                    let field = UInt8(value + 8)
                    let byte = (first + i) / 2
                    bytes[byte] = i % 2 == 0 ? field : bytes[byte] | field << 4
                }
            }
        }
    }

    /// The inverse of ``quantize(_:scales:into:)``.
    package func dequantize(_ cache: Tensor, scales: Tensor, into target: Tensor) {
        let bytes = cache.pointer(to: UInt8.self)
        let y = target.mutablePointer(to: Float.self)
        forEachRow(of: target.shape, rowsPerHead: target.shape[2], scales: scales) { first, scale, step in
            for i in 0..<headSize {
                let value: Int
                if bits == 8 {
                    value = Int(Int8(bitPattern: bytes[first + i]))
                } else {
                    value = Int(bytes[(first + i) / 2] >> (i % 2 == 0 ? 0 : 4) & 15) - 8
                }
                y[first + i] = Float(value) * scale[i * step]
            }
        }
    }
}
