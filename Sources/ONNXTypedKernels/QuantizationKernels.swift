// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

/// Which scale belongs to which element: one for all, one for each index of an axis, or one for each block of
/// neighbours along an axis.
package struct QuantizationLayout: Sendable {
    private enum Kind {
        case tensor, axis
        case blocks(length: Int, count: Int)
    }

    private let kind: Kind
    let view: AxisView

    /// - Throws: `op.shape` when the scale suits no layout, `op.axis`, `op.attr` for a negative block size.
    package init(_ shape: Shape, scale: Shape, axis: Int, blockSize: Int) throws(ONNXError) {
        guard blockSize >= 0 else { throw ONNXError("op.attr", "The block size is \(blockSize).") }
        if blockSize > 0 {
            let axis = try shape.normalizedAxis(axis)
            let length = shape[axis]
            let blocks = length / blockSize + (length % blockSize == 0 ? 0 : 1)
            guard scale == (try shape.replacing(axis, with: blocks)) else {
                throw ONNXError(
                    "op.shape", "A scale of shape \(scale) does not suit \(shape) in blocks of \(blockSize).")
            }
            kind = .blocks(length: blockSize, count: blocks)
            view = AxisView(shape, axis: axis)
        } else if scale.elementCount == 1, scale.rank <= 1 {
            kind = .tensor
            view = AxisView(rows: 1, columns: shape.elementCount)
        } else {
            let axis = try shape.normalizedAxis(axis)
            guard scale.rank == 1, scale[0] == shape[axis] else {
                throw ONNXError(
                    "op.shape", "A scale of shape \(scale) does not suit axis \(axis) of \(shape).")
            }
            kind = .axis
            view = AxisView(shape, axis: axis)
        }
    }

    /// The scale's position for an element of the view.
    @inline(__always)
    func scaleIndex(_ outer: Int, _ position: Int, _ inner: Int) -> Int {
        switch kind {
        case .tensor: 0
        case .axis: position
        case .blocks(let length, let count): (outer * count + position / length) * view.inner + inner
        }
    }
}

extension TypedKernels {
    /// `output = clamp(round(input ÷ scale) + zero point)`, halves to even; NaN counts as 0.
    ///
    /// `input` and `scale` are float32, `zeroPoint` int32; `output` is any integer type of 2 to 32 bits.
    package static func quantize(
        _ input: Tensor, scale: Tensor, zeroPoint: Tensor?, layout: QuantizationLayout, into output: Tensor,
        workers: WorkerPool
    ) throws(ONNXError) {
        let wide = try Tensor(allocating: .int32, output.shape)
        let from = input.pointer(to: Float.self)
        let scales = scale.pointer(to: Float.self)
        let zeros = zeroPoint?.pointer(to: Int32.self)
        let to = wide.mutablePointer(to: Int32.self)
        let range = integerRange(output.elementType)
        forEachElement(layout, workers) { index, parameter in
            let rounded = (from[index] / scales[parameter]).rounded(.toNearestOrEven)
            let shifted = Int64(Int32(saturating: Double(rounded))) + Int64(zeros?[parameter] ?? 0)
            to[index] = Int32(truncatingIfNeeded: min(max(shifted, range.lowerBound), range.upperBound))
        }
        try convert(wide, into: output, workers: workers)
    }

    /// `output = input ÷ scale + zero point` in a floating-point type of 8 bits or fewer; the others are float32.
    package static func quantizeToFloats(
        _ input: Tensor, scale: Tensor, zeroPoint: Tensor?, layout: QuantizationLayout, into output: Tensor,
        rounding: SmallFloatRounding, workers: WorkerPool
    ) throws(ONNXError) {
        let wide = try Tensor(allocating: .float32, output.shape)
        let from = input.pointer(to: Float.self)
        let scales = scale.pointer(to: Float.self)
        let zeros = zeroPoint?.pointer(to: Float.self)
        let to = wide.mutablePointer(to: Float.self)
        forEachElement(layout, workers) { index, parameter in
            to[index] = from[index] / scales[parameter] + (zeros?[parameter] ?? 0)
        }
        try convert(wide, into: output, rounding: rounding, workers: workers)
    }

    /// `output = (input − zero point) × scale`, all float32.
    package static func dequantizeFloats(
        _ input: Tensor, scale: Tensor, zeroPoint: Tensor?, layout: QuantizationLayout, into output: Tensor,
        workers: WorkerPool
    ) {
        dequantize(
            input, scale, zeroPoint, layout, output, workers, zero: Float(0), difference: { $0 - $1 })
    }

    /// `output = (input − zero point) × scale` in float32; `input` and `zeroPoint` are int32.
    package static func dequantize(
        _ input: Tensor, scale: Tensor, zeroPoint: Tensor?, layout: QuantizationLayout, into output: Tensor,
        workers: WorkerPool
    ) {
        dequantize(
            input, scale, zeroPoint, layout, output, workers, zero: Int32(0), difference: { Float($0 &- $1) })
    }

    @inline(__always)
    private static func dequantize<Element>(
        _ input: Tensor, _ scale: Tensor, _ zeroPoint: Tensor?, _ layout: QuantizationLayout,
        _ output: Tensor,
        _ workers: WorkerPool, zero: Element, difference: (Element, Element) -> Float
    ) {
        let from = input.pointer(to: Element.self)
        let scales = scale.pointer(to: Float.self)
        let zeros = zeroPoint?.pointer(to: Element.self)
        let to = output.mutablePointer(to: Float.self)
        forEachElement(layout, workers) { index, parameter in
            to[index] = difference(from[index], zeros?[parameter] ?? zero) * scales[parameter]
        }
    }

    /// The range, zero included, of a float32 tensor laid on 0...255: the quantized elements, scale and zero point.
    package static func quantizeDynamically(
        _ input: Tensor, into output: Tensor, scale: Tensor, zeroPoint: Tensor, workers: WorkerPool
    ) throws(ONNXError) {
        let from = input.pointer(to: Float.self)
        var (low, high): (Float, Float) = (0, 0)
        for i in 0..<input.shape.elementCount {
            low = min(low, from[i])
            high = max(high, from[i])
        }
        let step = high == low ? 1 : (high - low) / 255
        let zero = (min(max(-low / step, 0), 255)).rounded(.toNearestOrEven)
        scale.mutablePointer(to: Float.self)[0] = step
        zeroPoint.mutablePointer(to: UInt8.self)[0] = UInt8(saturating: Double(zero))
        let layout = try QuantizationLayout(input.shape, scale: .scalar, axis: 0, blockSize: 0)
        let wideZero = try converted(zeroPoint, to: .int32, workers: workers)
        try quantize(input, scale: scale, zeroPoint: wideZero, layout: layout, into: output, workers: workers)
    }

    private static func integerRange(_ type: ElementType) -> ClosedRange<Int64> {
        switch type {
        case .int8, .int4, .int2, .int16, .int32: PackedElements.range(bits: type.bitWidth, isSigned: true)
        default: PackedElements.range(bits: type.bitWidth, isSigned: false)
        }
    }

    @inline(__always)
    private static func forEachElement(
        _ layout: QuantizationLayout, _ workers: WorkerPool, _ body: (Int, Int) -> Void
    ) {
        let view = layout.view
        let lines = view.outer * view.length
        inParallel(workers, count: lines, grain: max(1, parallelGrain / max(1, view.inner))) { range in
            for line in range {
                for inner in 0..<view.inner {
                    body(
                        line * view.inner + inner,
                        layout.scaleIndex(line / view.length, line % view.length, inner))
                }
            }
        }
    }
}
