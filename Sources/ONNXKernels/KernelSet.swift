// SPDX-License-Identifier: Apache-2.0
package import CONNXKernelABI

/// One entry point for each kernel family, all of one CPU level (with the reference's where a level has none).
package struct KernelSet: Sendable {
    package typealias QuantizeRows = @convention(c) (UnsafePointer<onnxlm_quantize_rows_args>) -> Void
    package typealias QuantizationError =
        @convention(c) (UnsafePointer<onnxlm_quantization_error_args>) -> Void
    package typealias QuantizedMultiply = @convention(c) (UnsafePointer<onnxlm_qmatmul_args>) -> Void
    package typealias TileRows = @convention(c) (UnsafePointer<onnxlm_tile_rows_args>) -> Void
    package typealias QuantizedVector = @convention(c) (UnsafePointer<onnxlm_qgemv_f32_args>) -> Void
    package typealias DequantizeTile = @convention(c) (UnsafePointer<onnxlm_dequantize_tile_args>) -> Void
    package typealias DequantizeRow = @convention(c) (UnsafePointer<onnxlm_dequantize_row_args>) -> Void
    package typealias MultiplyTile = @convention(c) (UnsafePointer<onnxlm_sgemm_tile_args>) -> Void
    package typealias Convert = @convention(c) (UnsafePointer<onnxlm_convert_args>) -> Void
    package typealias Normalize = @convention(c) (UnsafePointer<onnxlm_norm_args>) -> Void
    package typealias Unary = @convention(c) (UnsafePointer<onnxlm_unary_args>) -> Void
    package typealias Binary = @convention(c) (UnsafePointer<onnxlm_binary_args>) -> Void
    package typealias BlockMaxima = @convention(c) (UnsafePointer<onnxlm_block_maxima_args>) -> Void
    package typealias ExponentialSum = @convention(c) (UnsafePointer<onnxlm_exponential_sum_args>) -> Void
    package typealias Select = @convention(c) (UnsafePointer<onnxlm_select_args>) -> Void
    package typealias MultiplyAdds = @convention(c) (UnsafePointer<onnxlm_multiply_adds_args>) -> Void
    package typealias Softmax = @convention(c) (UnsafePointer<onnxlm_softmax_args>) -> Void
    package typealias Rotary = @convention(c) (UnsafePointer<onnxlm_rotary_args>) -> Void
    package typealias Attend = @convention(c) (UnsafePointer<onnxlm_attention_args>) -> Void
    package typealias MergeAttention = @convention(c) (UnsafePointer<onnxlm_attention_merge_args>) -> Void
    package typealias StoreCacheRows = @convention(c) (UnsafePointer<onnxlm_cache_rows_args>) -> Void
    package typealias FinishAttention = @convention(c) (UnsafePointer<onnxlm_attention_finish_args>) -> Void

    package var level: CPULevel
    package var quantizeRows: QuantizeRows
    /// The same for four rows of whole blocks of a multiple of 32 inputs.
    package var quantizeFourRows: QuantizeRows
    package var quantizationError: QuantizationError
    /// Copies quantised rows to tiles, where ``qgemm4`` and ``qgemm8`` read them; nil: they read groups of four rows.
    package var tileRows: TileRows?
    package var qgemv4: QuantizedMultiply
    package var qgemm4: QuantizedMultiply
    package var qgemv4Block16: QuantizedMultiply
    package var qgemm4Block16: QuantizedMultiply
    package var qgemv8: QuantizedMultiply
    package var qgemm8: QuantizedMultiply
    /// Many groups of four rows, whose columns are unpacked for all of them, in place of ``qgemm4``, ``qgemm4Block16`` and
    /// ``qgemm8``; nil where these serve any number.
    package var qgemmColumns: QuantizedMultiply?
    /// Whether floats are multiplied fastest as sums of three quantised rows, however many rows there are; of one row
    /// they always are.
    package var multipliesTerms: Bool
    /// One row that is the sum of the first three of a group of four quantised rows: the sum of their products. nil
    /// where that is no faster than the products of a group.
    package var qgemvTerms4: QuantizedMultiply?
    package var qgemvTerms4Block16: QuantizedMultiply?
    package var qgemvTerms8: QuantizedMultiply?
    package var qgemvFloat4: QuantizedVector
    package var qgemvFloat8: QuantizedVector
    package var dequantizeTile4: DequantizeTile
    package var dequantizeTile8: DequantizeTile
    package var dequantizeRow: DequantizeRow
    package var multiplyTile: MultiplyTile
    package var halfToFloat: Convert
    package var floatToHalf: Convert
    package var bfloat16ToFloat: Convert
    package var floatToBFloat16: Convert
    package var rmsNorm: Normalize
    package var layerNorm: Normalize
    package var exp: Unary
    package var tanh: Unary
    package var erf: Unary
    package var sigmoid: Unary
    package var silu: Unary
    package var gelu: Unary
    package var geluTanh: Unary
    package var quickGelu: Unary
    package var add: Binary
    package var multiply: Binary
    package var siluMultiply: Binary
    package var softmax: Softmax
    package var blockMaxima: BlockMaxima
    package var exponentialSum: ExponentialSum
    package var select: Select
    package var rotary: Rotary
    /// Any head size: the fallback for sizes that ``attend`` does not take.
    package var attendAnySize: Attend
    /// float32 caches, head sizes that are multiples of 8.
    package var attend: Attend
    /// float16 caches, head sizes that are multiples of 8.
    package var attendHalf: Attend
    /// int8 caches, head sizes that are multiples of 8.
    package var attendInt8: Attend
    /// int16 caches, head sizes that are multiples of 8.
    package var attendInt16: Attend
    /// bfloat16 caches, head sizes that are multiples of 32.
    package var attendBFloat16: Attend
    package var mergeAttention: MergeAttention
    package var finishAttention: FinishAttention
    package var storeCacheRows: StoreCacheRows
    /// The same for int16 and bfloat16 caches and head sizes that are multiples of 32.
    package var storePairedCacheRows: StoreCacheRows
    package var multiplyAddsFloat: MultiplyAdds
    package var multiplyAddsInt8: MultiplyAdds
    package var multiplyAddsInt16: MultiplyAdds

    /// The kernels of a level; those of the level below where that one is not compiled in.
    package static func kernels(for level: CPULevel) -> KernelSet {
        #if ONNXLM_AVX512VNNI
            if level >= .amx { return .amx }
            if level >= .avx512vnni { return .avx512vnni }
        #endif
        #if ONNXLM_AVX2
            if level >= .avx2 { return .avx2 }
        #endif
        return .reference
    }

    /// The kernels for a processor, not beyond `limit`.
    package static func select(for features: CPUFeatures, limit: CPULevel?) -> KernelSet {
        let highest = CPULevel.highest(for: features)
        let level = min(highest, limit ?? highest)
        #if ONNXLM_AVX512VNNI
            if level == .avx512vnni && features.isIntel { return .avx512vnniIntel }
        #endif
        return kernels(for: level)
    }

    /// The kernels for this processor, within what the environment allows.
    package static let current = select(for: .current, limit: EngineEnvironment.cpuLevel)
}

extension KernelSet {
    /// Writes rows to positions from `first` on of one head of a cache; see `onnxlm_cache_rows_args`.
    package func storeCacheRows(
        _ x: UnsafePointer<Float>, stride: Int, rows: Int, headSize: Int, into head: UnsafeMutableRawPointer,
        scales: UnsafeMutablePointer<Float>?, first: Int, type: Attention.CacheType, isPanelled: Bool
    ) {
        var args = onnxlm_cache_rows_args(
            x: x, x_row_stride: Int64(stride), rows: Int64(rows), head_size: Int64(headSize), y: head,
            scales: scales, first: Int64(first), cache_type: type.rawValue, panels: isPanelled ? 1 : 0)
        if type.liesInPairs && headSize % 32 == 0 {
            storePairedCacheRows(&args)
        } else {
            storeCacheRows(&args)
        }
    }
}
