// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Pad: elements added (or, for negative counts, taken away) at both ends of axes.
///
/// Formula: `output[i] = data[i − begin]` where that exists, else what the mode says.
/// Modes: constant; edge repeats the border; reflect mirrors without it; wrap goes round. Counts and value are
/// attributes before opset 11 and inputs since; axes are an input since opset 18.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Pad.html>, opsets 1, 2, 11, 13, 18, 19, 21, 23, 24, 25.
/// - Supports: every type but strings.
/// - Deviations: none.
struct Pad: Operator {
    private enum Mode: String { case constant, edge, reflect, wrap }

    /// No pad takes away as much.
    private static let farthest = 1 << 62

    private let mode: Mode
    private let counts: [Int]?
    private let value: Float

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: (node.version < 11 ? 1 : 2)...4, outputs: 1...1)
        let name = try node.string("mode", default: "constant")
        guard let mode = Mode(rawValue: name) else {
            throw ONNXError("attr.value", "The mode \"\(name)\" is not supported.")
        }
        self.mode = mode
        counts = try node.ints("pads")
        value = try node.float("value", default: 0)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .movable)
        let given = context.hasInput(1) ? try context.integers(1) : counts ?? []
        let axes = context.hasInput(3) ? try context.integers(3) : nil
        if context.hasInput(2) {
            try context.checkSameElementType(0, 2)
            guard try context.input(2).shape.elementCount == 1 else {
                throw ONNXError("op.shape", "The constant value is no scalar.")
            }
        }
        let pads = try pads(input.shape, counts: given, axes: axes)
        var dimensions: [Int] = []
        for axis in 0..<input.shape.rank {
            let length = input.shape[axis]
            let sum = length.addingReportingOverflow(pads[axis].0)
            let total = sum.partialValue.addingReportingOverflow(pads[axis].1)
            guard !sum.overflow, !total.overflow, total.partialValue >= 0,
                pads[axis].0 > -Self.farthest, pads[axis].1 > -Self.farthest
            else {
                throw ONNXError(
                    "op.shape", "Pads \(pads[axis]) do not suit axis \(axis) of length \(length).")
            }
            if mode != .constant, length == 0, total.partialValue > 0 {
                throw ONNXError("op.shape", "Axis \(axis) is empty: there is nothing to \(mode) from.")
            }
            dimensions.append(total.partialValue)
        }
        return [OutputPlan(input.elementType, try Shape(dimensions))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let given = try context.optionalInput(1)?.integers() ?? counts ?? []
        let axes = try context.optionalInput(3)?.integers()
        let fallback = try TypedKernels.converted(
            try Tensor(scalar: value), to: try context.input(0).elementType, workers: context.workers)
        let fill = context.optionalInput(2) ?? fallback
        let substitute = context.derived(
            inputs: [try context.input(0), nil, fill], outputs: [context.optionalOutput(0)])
        try substitute.withWholeBytes { (context: RunContext) throws(ONNXError) in
            let input = try context.input(0)
            let output = try context.output(0)
            guard output.shape.elementCount > 0 else { return }
            let pads = try pads(input.shape, counts: given, axes: axes)
            try context.checkBudget(
                elements: output.shape.dimensions.reduce(0, +), ofByteCount: MemoryLayout<Int>.stride)
            let tables = (0..<input.shape.rank).map { axis in
                (0..<output.shape[axis]).map { source($0 - pads[axis].0, input.shape[axis]) }
            }
            try TypedKernels.copyByTables(input, tables: tables, fill: try context.input(2), into: output)
        }
    }

    /// Where the element at `position` of an axis comes from; −1 for the constant.
    private func source(_ position: Int, _ length: Int) -> Int {
        if position >= 0, position < length { return position }
        switch mode {
        case .constant: return -1
        case .edge: return position < 0 ? 0 : length - 1
        case .wrap: return (position % length + length) % length
        case .reflect:
            let period = 2 * (length - 1)
            guard period > 0 else { return 0 }
            let phase = (position % period + period) % period
            return phase < length ? phase : period - phase
        }
    }

    private func pads(_ shape: Shape, counts: [Int], axes: [Int]?) throws(ONNXError) -> [(Int, Int)] {
        let axes = axes ?? Array(0..<shape.rank)
        guard counts.count == 2 * axes.count else {
            throw ONNXError("op.shape", "\(counts.count) pads do not suit \(axes.count) axes.")
        }
        _ = try shape.normalizedAxes(axes)
        var result = [(Int, Int)](repeating: (0, 0), count: shape.rank)
        for (position, axis) in axes.enumerated() {
            result[try shape.normalizedAxis(axis)] = (counts[position], counts[axes.count + position])
        }
        return result
    }
}
