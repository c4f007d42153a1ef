// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

extension AttentionJob {
    private var kernel: KernelSet.Attend {
        if attention.headSize % 8 != 0 { return kernels.attendAnySize }
        return switch attention.cacheType {
        case .float32: kernels.attend
        case .float16: kernels.attendHalf
        case .int8: kernels.attendInt8
        case .int16: kernels.attendInt16
        case .bfloat16: attention.headSize % 32 == 0 ? kernels.attendBFloat16 : kernels.attendAnySize
        }
    }

    private func outputs(_ state: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
        state + 2 * rowsPerTile
    }

    /// Whether anything but keys joins the denominator.
    var hasSink: Bool { attention.headSink != nil || attention.isSmooth }

    /// The state before any key: empty, or the sink alone.
    func start(_ state: UnsafeMutablePointer<Float>, _ head: Int, _ tile: Int) {
        let rows = positions(tile) * group
        for row in 0..<rows {
            let sink = attention.headSink?[head * group + row % group] ?? 0
            let counts = hasSink && sink != -.infinity
            state[row] = counts ? sink : -.infinity
            state[rowsPerTile + row] = counts ? 1 : 0
        }
        outputs(state).update(repeating: 0, count: rows * attention.headSize)
    }

    /// The state of a tile's rows over one range of keys.
    func attendRange(
        _ head: Int, _ tile: Int, _ range: Int, _ queries: PreparedQueries,
        state: UnsafeMutablePointer<Float>, _ place: AttentionRoom.Slot
    ) {
        let position = tile * tilePositions
        let firstHead = head * group
        let firstKey = max(range * Attention.keysPerRange, keys.firstPosition)
        let bias = attention.bias.map { $0.base + (firstHead * $0.headStride + position * $0.positionStride) }
        var args = onnxlm_attention_args(
            query: queries.base, query_position_stride: Int64(queries.strides.position),
            query_head_stride: Int64(queries.strides.head), keys: address(keys, head, firstKey),
            values: address(values, head, firstKey), next_keys: keysBehind(head, range),
            key_scales: scales(keys, head, firstKey),
            value_scales: scales(values, head, firstKey),
            key_row_stride: keys.isPanelled ? 0 : Int64(keys.rowStride),
            value_row_stride: Int64(values.rowStride), cache_type: attention.cacheType.rawValue,
            causal: attention.isCausal ? 1 : 0, first_position: Int64(attention.past + position),
            positions: Int64(positions(tile)), heads: Int64(group), head_size: Int64(attention.headSize),
            first_key: Int64(firstKey),
            last_key: Int64(min(attention.total, (range + 1) * Attention.keysPerRange)),
            window: Int64(attention.window ?? 0), scale: attention.scale, softcap: attention.softcap,
            bias: bias, bias_head_stride: Int64(attention.bias?.headStride ?? 0),
            bias_position_stride: Int64(attention.bias?.positionStride ?? 0), maxima: state,
            sums: state + rowsPerTile, outputs: outputs(state), scores: place.scores, block: place.block)
        kernel(&args)
    }

    private func address(_ cache: Attention.Cache, _ head: Int, _ position: Int) -> UnsafeRawPointer {
        let stride = cache.isPanelled ? attention.headSize : cache.rowStride
        let element = head * cache.headStride + (position - cache.firstPosition) * stride
        return cache.base + element * attention.cacheType.byteCount
    }

    /// Where the keys of the next range begin, or those of the next head.
    private func keysBehind(_ head: Int, _ range: Int) -> UnsafeRawPointer? {
        let next = (range + 1) * Attention.keysPerRange
        if next < attention.total { return address(keys, head, next) }
        if head + 1 == attention.keyValueHeads { return nil }
        return address(keys, head + 1, max(ranges.lowerBound * Attention.keysPerRange, keys.firstPosition))
    }

    private func scales(_ cache: Attention.Cache, _ head: Int, _ position: Int) -> UnsafePointer<Float>? {
        guard attention.cacheType.hasScales, let scales = cache.scales else { return nil }
        return UnsafePointer(scales + (head * cache.scaleStride + position - cache.firstPosition))
    }

    func merge(
        _ later: UnsafeMutablePointer<Float>, into state: UnsafeMutablePointer<Float>, _ tile: Int
    ) {
        var args = onnxlm_attention_merge_args(
            maxima: state, sums: state + rowsPerTile, outputs: outputs(state), later_maxima: later,
            later_sums: later + rowsPerTile, later_outputs: outputs(later),
            rows: Int64(positions(tile) * group),
            head_size: Int64(attention.headSize))
        kernels.mergeAttention(&args)
    }

    func finish(_ state: UnsafeMutablePointer<Float>, _ head: Int, _ tile: Int) {
        let offset = tile * tilePositions * yStrides.position + head * group * yStrides.head
        var args = onnxlm_attention_finish_args(
            sums: state + rowsPerTile, outputs: outputs(state), positions: Int64(positions(tile)),
            heads: Int64(group), head_size: Int64(attention.headSize), y: y + offset,
            y_position_stride: Int64(yStrides.position), y_head_stride: Int64(yStrides.head))
        kernels.finishAttention(&args)
    }
}
