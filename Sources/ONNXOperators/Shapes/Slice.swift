// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Slice: a range of each of some axes, with any step but 0.
///
/// Formula: `output[i] = data[start + i · step]` along each of the axes.
/// Starts and ends are clamped to the axis; negative ones count from its end. They are attributes before opset 10 and
/// inputs since.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Slice.html>, opsets 1, 10, 11, 13.
/// - Supports: every type but strings.
/// - Deviations: none.
struct Slice: Operator {
    private struct Cut {
        var start: Int
        var step: Int
        var length: Int
    }

    private let starts: [Int]?
    private let ends: [Int]?
    private let axes: [Int]?

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: (node.version < 10 ? 1 : 3)...5, outputs: 1...1)
        starts = try node.ints("starts")
        ends = try node.ints("ends")
        axes = try node.ints("axes")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .movable)
        let starts = context.hasInput(1) ? try context.integers(1) : starts ?? []
        let ends = context.hasInput(2) ? try context.integers(2) : ends ?? []
        let axes = context.hasInput(3) ? try context.integers(3) : axes
        let steps = context.hasInput(4) ? try context.integers(4) : nil
        let cuts = try cuts(input.shape, starts: starts, ends: ends, axes: axes, steps: steps)
        return [OutputPlan(input.elementType, try Shape(cuts.map(\.length)))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.withWholeBytes { (context: RunContext) throws(ONNXError) in
            let input = try context.input(0)
            let cuts = try cuts(
                input.shape, starts: try context.optionalInput(1)?.integers() ?? starts ?? [],
                ends: try context.optionalInput(2)?.integers() ?? ends ?? [],
                axes: try context.optionalInput(3)?.integers() ?? axes,
                steps: try context.optionalInput(4)?.integers())
            let strides = input.shape.strides
            var offset = 0
            var steps: [Int] = []
            for (axis, cut) in cuts.enumerated() {
                offset += cut.start * strides[axis]
                // A step that is taken never leaves the tensor; one that is not may be anything.
                steps.append(cut.length > 1 ? cut.step * strides[axis] : 0)
            }
            try TypedKernels.copyStrided(
                input, offset: offset, dimensions: cuts.map(\.length), strides: steps,
                into: try context.output(0), workers: context.workers)
        }
    }

    private func cuts(
        _ shape: Shape, starts: [Int], ends: [Int], axes: [Int]?, steps: [Int]?
    ) throws(ONNXError) -> [Cut] {
        let axes = axes ?? Array(starts.indices)
        guard starts.count == ends.count, starts.count == axes.count,
            steps.map({ $0.count == axes.count }) ?? true
        else {
            throw ONNXError(
                "op.shape",
                "\(starts.count) starts, \(ends.count) ends, \(axes.count) axes and \(steps?.count ?? axes.count) steps: the counts differ."
            )
        }
        _ = try shape.normalizedAxes(axes)
        var cuts = shape.dimensions.map { Cut(start: 0, step: 1, length: $0) }
        for (position, axis) in axes.enumerated() {
            let axis = try shape.normalizedAxis(axis)
            let step = steps?[position] ?? 1
            guard step != 0 else { throw ONNXError("op.attr", "The step of axis \(axis) is 0.") }
            cuts[axis] = cut(shape[axis], from: starts[position], to: ends[position], step: step)
        }
        return cuts
    }

    private func cut(_ length: Int, from start: Int, to end: Int, step: Int) -> Cut {
        let first = start < 0 ? max(start, -length - 1) + length : min(start, length)
        let last = end < 0 ? max(end, -length - 1) + length : min(end, length)
        let from = step > 0 ? max(first, 0) : min(max(first, -1), length - 1)
        let to = step > 0 ? max(last, 0) : min(max(last, -1), length - 1)
        let distance = step > 0 ? to - from : from - to
        guard distance > 0 else { return Cut(start: 0, step: 1, length: 0) }
        let stride = Int(clamping: step.magnitude)
        return Cut(start: from, step: step, length: (distance - 1) / stride + 1)
    }
}
