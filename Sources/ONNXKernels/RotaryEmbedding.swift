// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
package import ONNXErrors

/// Rotary position embedding of `[sequence, heads, headSize]` in any order of the first two.
package struct RotaryEmbedding {
    package var heads: Int
    package var headSize: Int
    /// Elements of a head that are rotated, from the first; even, at most ``headSize``. The rest is copied.
    package var rotarySize: Int
    /// Pairs are neighbours (2j, 2j + 1); otherwise (j, j + rotarySize / 2).
    package var isInterleaved: Bool
    /// `[maximumPosition, rotarySize / 2]`.
    package var cos: UnsafeBufferPointer<Float>
    package var sin: UnsafeBufferPointer<Float>

    package init(
        heads: Int, headSize: Int, rotarySize: Int, isInterleaved: Bool, cos: UnsafeBufferPointer<Float>,
        sin: UnsafeBufferPointer<Float>
    ) {
        self.heads = heads
        self.headSize = headSize
        self.rotarySize = rotarySize
        self.isInterleaved = isInterleaved
        self.cos = cos
        self.sin = sin
    }

    /// Where the elements of a tensor lie: `[position * positionStride + head * headStride + element]`.
    ///
    /// For `[sequence, heads, size]` the strides are `heads * size` and `size`; for `[heads, sequence, size]`
    /// `size` and `sequence * size`.
    package struct Strides {
        package var position: Int
        package var head: Int

        package init(position: Int, head: Int) {
            self.position = position
            self.head = head
        }
    }

    /// Rotates `count` positions; y may be x if the strides agree.
    ///
    /// - Parameter positionIDs: the row of the caches for each position.
    /// - Throws: `kernel.rotary` for a position that the caches lack, or sizes that do not fit.
    package func apply(
        _ x: UnsafePointer<Float>, strides xStrides: Strides, into y: UnsafeMutablePointer<Float>,
        strides yStrides: Strides, count: Int, positionIDs: (Int) -> Int, workers: WorkerPool,
        kernels: KernelSet = .current
    ) throws(ONNXError) {
        guard rotarySize >= 0, rotarySize % 2 == 0, rotarySize <= headSize, heads >= 0 else {
            throw ONNXError(
                "kernel.rotary",
                "Rotary size \(rotarySize) must be even and at most the head size \(headSize).")
        }
        let half = rotarySize / 2
        let known = half == 0 ? Int.max : min(cos.count, sin.count) / half
        for index in 0..<max(0, count) {
            let position = positionIDs(index)
            guard position >= 0, position < known else {
                throw ONNXError(
                    "kernel.rotary",
                    "Position \(position) lies outside the rotary cache, which has \(known) rows; use a shorter text."
                )
            }
        }
        let empty: UnsafePointer<Float> = x
        let cosBase = cos.baseAddress ?? empty
        let sinBase = sin.baseAddress ?? empty
        RowKernels.split(rows: count, width: heads * headSize, workers) { first, rows in
            for index in first..<first + rows {
                let row = half == 0 ? 0 : positionIDs(index) * half
                var args = onnxlm_rotary_args(
                    x: x + index * xStrides.position, y: y + index * yStrides.position, cos: cosBase + row,
                    sin: sinBase + row, heads: Int64(heads), x_head_stride: Int64(xStrides.head),
                    y_head_stride: Int64(yStrides.head), head_size: Int64(headSize),
                    rotary_size: Int64(rotarySize),
                    interleaved: isInterleaved ? 1 : 0)
                kernels.rotary(&args)
            }
        }
    }
}
