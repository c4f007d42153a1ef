// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

/// Queries of a tile, ready to be used.
struct PreparedQueries {
    let base: UnsafePointer<Float>
    let strides: RotaryEmbedding.Strides
}

extension AttentionJob {
    /// The queries of a tile, normed and rotated in `scratch` where that is asked for.
    func prepareQueries(_ head: Int, _ tile: Int, _ scratch: UnsafeMutablePointer<Float>) -> PreparedQueries {
        let first = tile * tilePositions
        let source = query + (first * queryStrides.position + head * group * queryStrides.head)
        if attention.queryPreparation.isEmpty { return PreparedQueries(base: source, strides: queryStrides) }
        prepare(
            attention.queryPreparation, source, queryStrides, heads: group,
            first..<first + positions(tile), into: scratch)
        return PreparedQueries(
            base: UnsafePointer(scratch),
            strides: .init(position: group * attention.headSize, head: attention.headSize))
    }

    /// Brings new rows of one head into the caches.
    func store(
        _ newRows: Attention.NewRows, head: Int, _ rows: Range<Int>, _ scratch: UnsafeMutablePointer<Float>
    ) {
        let stride = newRows.strides.position
        let offset = head * newRows.strides.head
        let values = newRows.values + (rows.lowerBound * stride + offset)
        store(values, stride: stride, self.values, head: head, newRows.first + rows.lowerBound, rows.count)
        if newRows.keyPreparation.isEmpty {
            let keys = newRows.keys + (rows.lowerBound * stride + offset)
            return store(
                keys, stride: stride, self.keys, head: head, newRows.first + rows.lowerBound, rows.count)
        }
        var first = rows.lowerBound
        while first < rows.upperBound {
            let part = first..<min(rows.upperBound, first + AttentionRoom.rowCount)
            let source = newRows.keys + (first * stride + offset)
            prepare(newRows.keyPreparation, source, newRows.strides, heads: 1, part, into: scratch)
            store(
                UnsafePointer(scratch), stride: attention.headSize, keys, head: head,
                newRows.first + part.lowerBound, part.count)
            first = part.upperBound
        }
    }

    private func store(
        _ x: UnsafePointer<Float>, stride: Int, _ cache: Attention.Cache, head: Int, _ first: Int,
        _ count: Int
    ) {
        let base = UnsafeMutableRawPointer(mutating: cache.base)
        kernels.storeCacheRows(
            x, stride: stride, rows: count, headSize: attention.headSize,
            into: base + head * cache.headStride * attention.cacheType.byteCount,
            scales: cache.scales.map { $0 + head * cache.scaleStride },
            first: first - cache.firstPosition, type: attention.cacheType,
            isPanelled: cache.isPanelled)
    }

    /// Norms and rotates some heads of positions, whose numbers count from the first new one, to
    /// `[position][head][element]`.
    private func prepare(
        _ preparation: Attention.HeadPreparation, _ source: UnsafePointer<Float>,
        _ strides: RotaryEmbedding.Strides, heads: Int, _ positions: Range<Int>,
        into target: UnsafeMutablePointer<Float>
    ) {
        let size = attention.headSize
        for (index, position) in positions.enumerated() {
            var x = source + index * strides.position
            var headStride = strides.head
            let y = target + index * heads * size
            if let weight = preparation.normWeight {
                for head in 0..<heads {
                    var args = onnxlm_norm_args(
                        x: x + head * headStride, skip: nil, skip_row_stride: 0, skip_bias: nil,
                        scale: weight, bias: nil, y: y + head * size, sum: nil, rows: 1, width: Int64(size),
                        epsilon: preparation.normEpsilon)
                    kernels.rmsNorm(&args)
                }
                x = UnsafePointer(y)
                headStride = size
            }
            guard let rotary = preparation.rotary else { continue }
            let half = rotary.rotarySize / 2
            let row =
                preparation.rotaryRows.map { Int($0[position]) } ?? preparation.firstRotaryRow + position
            var args = onnxlm_rotary_args(
                x: x, y: y, cos: (rotary.cos.baseAddress ?? x) + row * half,
                sin: (rotary.sin.baseAddress ?? x) + row * half, heads: Int64(heads),
                x_head_stride: Int64(headStride), y_head_stride: Int64(size), head_size: Int64(size),
                rotary_size: Int64(rotary.rotarySize), interleaved: rotary.isInterleaved ? 1 : 0)
            kernels.rotary(&args)
        }
    }
}
