// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// GatherBlockQuantized: takes slices of a block-quantised tensor and dequantises them.
///
/// Formula: `output = (gather(data) - zero_point) * scale`, with one scale and zero point for each block of
/// `block_size` elements along `quantize_axis`. Without zero points they are 0 for int4 and uint4 data, and half of
/// the range for uint8 data.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: data of uint8 (2, 4 and 8 bits), int4 and uint4; int32 and int64 indices.
/// - Deviations: an index out of range is an error instead of zeros; 8-bit and 4-bit floating-point data are refused.
struct GatherBlockQuantized: FloatOperator {
    /// The result has the type of the scales.
    static var typeInput: Int { 2 }

    private let bits: Int
    private let blockSize: Int
    private let gatherAxis: Int
    private let quantizeAxis: Int
    /// The layout of constant data, so that a token looks at no shapes.
    private var constantLayout: Layout?

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...4, outputs: 1...1)
        bits = try node.int("bits", default: 4)
        blockSize = try node.int("block_size", default: 128)
        gatherAxis = try node.int("gather_axis", default: 0)
        quantizeAxis = try node.int("quantize_axis", default: 1)
        guard bits == 2 || bits == 4 || bits == 8 else {
            throw ONNXError("attr.value", "bits is \(bits); 2, 4 and 8 are supported.")
        }
        guard blockSize >= 16, blockSize <= 1 << 30, blockSize & (blockSize - 1) == 0 else {
            throw ONNXError("attr.value", "block_size is \(blockSize); a power of two from 16 is expected.")
        }
    }

    func prepared(_ constants: ConstantInputs) throws(ONNXError) -> any Operator {
        let tensors = constants.tensors
        guard tensors.count >= 3, let data = tensors[0], let scales = tensors[2],
            [.uint8, .int4, .uint4].contains(data.elementType), scales.elementType == .float32,
            tensors.count == 3 || tensors[3] != nil
        else { return self }
        var operation = self
        operation.constantLayout = try layout(
            data.type, scales: scales.type, zeroPoints: tensors.count > 3 ? tensors[3]?.type : nil)
        return operation
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let data = try context.input(0, oneOf: [.uint8, .int4, .uint4])
        let indices = try context.input(1, oneOf: [.int32, .int64])
        let scales = try context.input(2, oneOf: [.float32])
        let layout = try layout(data, scales: scales, zeroPoints: context.optionalInput(3))
        var dimensions = Array(layout.shape.dimensions[..<layout.gatherAxis])
        dimensions += indices.shape.dimensions
        dimensions += layout.shape.dimensions[(layout.gatherAxis + 1)...]
        return [OutputPlan(.float32, try Shape(dimensions))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let data = try context.input(0)
        let indices = try context.input(1)
        let scales = try context.input(2)
        let zeroPoints = context.optionalInput(3)
        let output = try context.output(0)
        let layout: Layout
        if let constantLayout {
            layout = constantLayout
        } else {
            layout = try self.layout(data.type, scales: scales.type, zeroPoints: zeroPoints?.type)
        }
        defer { withExtendedLifetime((data, indices, scales, zeroPoints, output)) {} }
        try gather(layout, data, indices, scales, zeroPoints, output, context)
    }

    private struct Layout {
        /// The shape in elements, where bytes hold several.
        let shape: Shape
        let gatherAxis: Int
        let elements: BlockQuantizedReader.Layout
    }

    private func layout(
        _ data: TensorType, scales: TensorType, zeroPoints: TensorType?
    ) throws(ONNXError) -> Layout {
        guard data.shape.rank > 0 else { throw ONNXError("op.shape", "The data is a scalar.") }
        let isBytes = data.elementType == .uint8
        let gatherAxis = try data.shape.normalizedAxis(self.gatherAxis)
        let quantizeAxis = try data.shape.normalizedAxis(self.quantizeAxis)
        var dimensions = data.shape.dimensions
        let last = dimensions.count - 1
        if isBytes {
            guard gatherAxis == 0, quantizeAxis == last, last > 0 else {
                throw ONNXError(
                    "attr.value",
                    """
                    gather_axis is \(gatherAxis) and quantize_axis \(quantizeAxis) of \(data); for uint8 data they \
                    must be 0 and the last of at least two axes.
                    """)
            }
            let (count, overflow) = dimensions[last].multipliedReportingOverflow(by: 8 / bits)
            guard !overflow else { throw ONNXError("tensor.overflow", "The rows of \(data) are too long.") }
            dimensions[last] = count
        } else if bits != 4 {
            throw ONNXError("attr.value", "bits is \(bits) for data of \(data.elementType).")
        }
        let shape = try Shape(dimensions)
        let length = dimensions[quantizeAxis]
        let blocks = length / blockSize + (length % blockSize == 0 ? 0 : 1)
        var scaleDimensions = dimensions
        scaleDimensions[quantizeAxis] = blocks
        guard scales.shape.dimensions == scaleDimensions else {
            throw ONNXError(
                "op.shape", "scales are \(scales); \(scaleDimensions) is expected for data of shape \(shape)."
            )
        }
        var zeroPointRowByteCount: Int?
        if let zeroPoints {
            if isBytes {
                let count = (blocks + 8 / bits - 1) / (8 / bits)
                zeroPointRowByteCount = count
                scaleDimensions[last] = count
            }
            guard zeroPoints.elementType == data.elementType, zeroPoints.shape.dimensions == scaleDimensions
            else {
                throw ONNXError(
                    "op.shape",
                    "zero_points are \(zeroPoints); \(data.elementType)\(scaleDimensions) is expected.")
            }
        }
        return Layout(
            shape: shape, gatherAxis: gatherAxis,
            elements: BlockQuantizedReader.Layout(
                bits: bits, isSigned: data.elementType == .int4, axisLength: length,
                innerCount: shape.product(quantizeAxis + 1..<shape.rank), blockSize: blockSize,
                blocks: blocks,
                zeroPointRowByteCount: zeroPointRowByteCount, defaultZeroPoint: isBytes ? 1 << (bits - 1) : 0)
        )
    }

    private func gather(
        _ layout: Layout, _ data: Tensor, _ indices: Tensor, _ scales: Tensor, _ zeroPoints: Tensor?,
        _ output: Tensor, _ context: RunContext
    ) throws(ONNXError) {
        let shape = layout.shape
        let length = shape[layout.gatherAxis]
        let outer = shape.product(0..<layout.gatherAxis)
        let inner = shape.product(layout.gatherAxis + 1..<shape.rank)
        let count = indices.shape.elementCount
        for position in 0..<count {
            let index = indices.integer(at: position)
            guard index >= -length, index < length else {
                throw ONNXError(
                    "op.index",
                    "Index \(index) at position \(position) lies outside \(-length)...\(length - 1).")
            }
        }
        guard output.shape.elementCount > 0 else { return }
        let reader = BlockQuantizedReader(
            values: data.rawBytes, scales: scales.floats, zeroPoints: zeroPoints?.rawBytes,
            layout: layout.elements)
        let rowLength = layout.elements.axisLength
        let table = try reader.rows(
            elementCount: shape.elementCount, scaleCount: scales.shape.elementCount)
        let target = output.mutableFloats
        let rows = try table.map { (table: QuantizedRows) throws(ONNXError) in
            try DequantizedRows(table, data, scales, zeroPoints, context)
        }
        context.workers.run(count: outer * count) { slice, slot in
            let given = indices.integer(at: slice % count)
            let index = given < 0 ? given + length : given
            let start = (slice / count * length + index) * inner
            if let rows, inner % rowLength == 0 {
                for row in 0..<inner / rowLength {
                    rows.write(
                        start / rowLength + row, to: target + (slice * inner + row * rowLength), slot: slot)
                }
            } else {
                reader.read(start..<start + inner, into: target + slice * inner)
            }
        }
    }
}

/// Rows of a block-quantised table, wherever the parts of a row come from.
private struct DequantizedRows {
    private let table: QuantizedRows
    private let values: TensorRows
    private let scales: TensorRows
    private let zeroPoints: TensorRows?
    /// For each slot, where rows that come from files lie: values, scales, zero points.
    private let room: UnsafeMutableRawPointer
    private let scaleOffset: Int
    private let zeroOffset: Int
    private let roomSize: Int

    init(
        _ table: QuantizedRows, _ data: Tensor, _ scales: Tensor, _ zeroPoints: Tensor?, _ context: RunContext
    ) throws(ONNXError) {
        self.table = table
        values = TensorRows(data, rowByteCount: table.valueBytesPerRow)
        self.scales = TensorRows(scales, rowByteCount: table.blocksPerRow * MemoryLayout<Float>.stride)
        self.zeroPoints = zeroPoints.map { TensorRows($0, rowByteCount: table.zeroBytesPerRow) }
        func lines(_ byteCount: Int) -> Int { (byteCount + 63) / 64 * 64 }
        scaleOffset = lines(values.roomByteCount)
        zeroOffset = scaleOffset + lines(self.scales.roomByteCount)
        roomSize = zeroOffset + lines(self.zeroPoints?.roomByteCount ?? 0)
        room = try context.scratch(byteCount: max(64, roomSize * context.workers.threadCount))
    }

    func write(_ row: Int, to target: UnsafeMutablePointer<Float>, slot: Int) {
        if roomSize == 0 { return table.dequantize(row: row, into: target) }
        let room = room + slot * roomSize
        table.dequantize(
            values: values.row(row, room: room),
            scales: scales.row(row, room: room + scaleOffset).assumingMemoryBound(to: Float.self),
            zeroPoints: zeroPoints?.row(row, room: room + zeroOffset), into: target)
    }
}

extension Tensor {
    /// An element of a tensor of int32 or int64.
    fileprivate func integer(at position: Int) -> Int {
        elementType == .int32 ? int32(at: position) : int64(at: position)
    }
}
