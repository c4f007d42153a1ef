// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXTensors

/// One call of rotary position embedding.
package struct RotaryCall: Sendable {
    package var batches: Int
    package var heads: Int
    package var rows: Int
    package var headSize: Int
    /// Leading elements of each head that are turned.
    package var rotarySize: Int
    package var isInterleaved: Bool
    package var layout: HeadLayout
    /// The row of the caches for each batch row and position, `[batches × rows]`.
    package var positions: [Int]

    package init(
        batches: Int, heads: Int, rows: Int, headSize: Int, rotarySize: Int, isInterleaved: Bool,
        layout: HeadLayout, positions: [Int]
    ) {
        self.batches = batches
        self.heads = heads
        self.rows = rows
        self.headSize = headSize
        self.rotarySize = rotarySize
        self.isInterleaved = isInterleaved
        self.layout = layout
        self.positions = positions
    }
}

extension TypedKernels {
    /// Turns pairs of elements by the angles of their position; the rest of each head is copied.
    ///
    /// Pairs are neighbours, or an element of the first half with one of the second. The caches have `rotarySize ÷ 2`
    /// columns. float32 or float64.
    package static func rotate(
        _ input: Tensor, cosines: Tensor, sines: Tensor, _ call: RotaryCall, into output: Tensor
    ) throws(ONNXError) {
        let work = RotaryWork(input: input, cosines: cosines, sines: sines, call: call, output: output)
        try dispatchFloat(input.elementType, work, in: "RotaryEmbedding")
    }
}

private struct RotaryWork: FloatWork {
    let input: Tensor
    let cosines: Tensor
    let sines: Tensor
    let call: RotaryCall
    let output: Tensor

    func callAsFunction<Element: FloatElement>(_ type: Element.Type) throws(ONNXError) {
        let half = call.rotarySize / 2
        let layout = call.layout
        for batch in 0..<call.batches {
            for row in 0..<call.rows {
                let position = call.positions[batch * call.rows + row] * half
                let cosine = cosines.pointer(to: type) + position
                let sine = sines.pointer(to: type) + position
                for head in 0..<call.heads {
                    let start = batch * layout.batchStride + head * layout.headStride + row * layout.rowStride
                    let x = input.pointer(to: type) + start
                    let y = output.mutablePointer(to: type) + start
                    for pair in 0..<half {
                        let first = call.isInterleaved ? 2 * pair : pair
                        let second = call.isInterleaved ? first + 1 : pair + half
                        let (a, b) = (x[first], x[second])
                        y[first] = cosine[pair] * a - sine[pair] * b
                        y[second] = sine[pair] * a + cosine[pair] * b
                    }
                    for i in 2 * half..<max(2 * half, call.headSize) { y[i] = x[i] }
                }
            }
        }
    }
}
