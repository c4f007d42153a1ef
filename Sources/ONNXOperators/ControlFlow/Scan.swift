// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import ONNXTypedKernels

/// Scan: runs its body once for each slice of its scanned inputs, carrying values from step to step.
///
/// Formula: `state, slices = body(state, inputs[i])`; the outputs are the last state, and the slices of all steps stacked.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Scan.html>, opsets 9, 11, 16, 19, 21, 23, 24, 25.
/// - Supports: every type of at least 8 bits but strings; axes and directions of inputs and outputs; a limit of steps.
/// - Deviations: the form of opset 8, with batches, is refused.
struct Scan: Operator {
    private let scannedCount: Int
    private let stateCount: Int
    private let inputs: [Walk]
    private let outputs: [Walk]
    private let resultInfos: [ValueInfo]

    /// Along which axis slices are taken or put, and in which direction.
    private struct Walk: Sendable {
        let axis: Int
        let isBackward: Bool
    }

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...Int(Int32.max), outputs: 1...Int(Int32.max))
        scannedCount = try node.requiredInt("num_scan_inputs")
        let body = try node.requiredGraph("body")
        guard scannedCount > 0, scannedCount <= node.inputCount else {
            throw ONNXError(
                "attr.value", "num_scan_inputs is \(scannedCount); the node has \(node.inputCount) inputs.")
        }
        stateCount = node.inputCount - scannedCount
        guard body.inputs.count == node.inputCount, body.outputs.count == node.outputCount,
            node.outputCount >= stateCount
        else {
            throw ONNXError(
                "scan.mismatch",
                "The body has \(body.inputs.count) inputs and \(body.outputs.count) outputs; \(node.inputCount) and \(node.outputCount) are expected."
            )
        }
        inputs = try Self.walks(node, "scan_input", scannedCount)
        outputs = try Self.walks(node, "scan_output", node.outputCount - stateCount)
        resultInfos = Array(body.outputs.dropFirst(stateCount))
    }

    private static func walks(
        _ node: OperatorNode, _ prefix: String, _ count: Int
    ) throws(ONNXError) -> [Walk] {
        let axes = try node.ints("\(prefix)_axes") ?? Array(repeating: 0, count: count)
        let directions = try node.ints("\(prefix)_directions") ?? Array(repeating: 0, count: count)
        guard axes.count == count, directions.count == count, directions.allSatisfy({ $0 == 0 || $0 == 1 })
        else {
            throw ONNXError(
                "attr.value", "\(prefix)_axes is \(axes) and \(prefix)_directions \(directions) for \(count)."
            )
        }
        return zip(axes, directions).map { Walk(axis: $0, isBackward: $1 == 1) }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        _ = try length(
            (0..<scannedCount).map { (index: Int) throws(ONNXError) in
                let input = try context.input(stateCount + index, oneOf: .movable)
                guard input.elementType.bitWidth >= 8 else {
                    throw ONNXError("tensor.dtype_unsupported", "Input \(stateCount + index) is \(input).")
                }
                return input.shape
            })
        return [OutputPlan](repeating: .deferred(.float32), count: context.outputCount)
    }

    /// The number of steps that all scanned inputs agree on.
    private func length(_ shapes: [Shape]) throws(ONNXError) -> Int {
        var lengths: [Int] = []
        for (shape, walk) in zip(shapes, inputs) {
            lengths.append(shape[try shape.normalizedAxis(walk.axis)])
        }
        guard let first = lengths.first, lengths.allSatisfy({ $0 == first }) else {
            throw ONNXError("op.shape", "The scanned inputs have \(lengths) slices; one number is expected.")
        }
        return first
    }

    func run(_ context: RunContext) throws(ONNXError) {
        var scanned: [Tensor] = []
        for index in 0..<scannedCount { scanned.append(try context.input(stateCount + index)) }
        let steps = try length(scanned.map(\.shape))
        guard steps <= context.loopStepLimit else {
            throw ONNXError(
                "run.steps", "The scan takes \(steps) steps; the limit is \(context.loopStepLimit).")
        }
        var state: [Tensor] = []
        for index in 0..<stateCount { state.append(try context.input(index)) }
        var results = [[Tensor]](repeating: [], count: outputs.count)
        for step in 0..<steps {
            try context.checkCancellation()
            var arguments = state
            for (tensor, walk) in zip(scanned, inputs) {
                arguments.append(try slice(tensor, walk, walk.isBackward ? steps - 1 - step : step))
            }
            let values = try context.runSubgraph("body", inputs: arguments)
            guard values.count == stateCount + results.count else {
                throw ONNXError("internal.subgraph", "The body gave \(values.count) values.")
            }
            state = Array(values[..<stateCount])
            for index in results.indices { results[index].append(values[stateCount + index]) }
        }
        for (index, value) in state.enumerated() { context.setOutput(index, value) }
        for (index, walk) in outputs.enumerated() {
            let parts = walk.isBackward ? results[index].reversed() : results[index]
            let stacked = try Tensor(stacking: parts, declared: resultInfos[index])
            context.setOutput(stateCount + index, try moved(stacked, to: walk.axis, context))
        }
    }

    private func slice(_ tensor: Tensor, _ walk: Walk, _ index: Int) throws(ONNXError) -> Tensor {
        let axis = try tensor.shape.normalizedAxis(walk.axis)
        var dimensions = tensor.shape.dimensions
        dimensions.remove(at: axis)
        let result = try Tensor(allocating: tensor.elementType, Shape(dimensions))
        let view = AxisView(tensor.shape, axis: axis)
        let width = view.inner * tensor.elementType.bitWidth / 8
        TypedKernels.copyBlocks(
            from: tensor.baseAddress + index * width, stride: view.length * width,
            to: result.mutableBaseAddress, stride: width, byteCount: width, count: view.outer)
        return withExtendedLifetime(tensor) { result }
    }

    /// A stack of slices with its first axis at another place.
    private func moved(_ tensor: Tensor, to axis: Int, _ context: RunContext) throws(ONNXError) -> Tensor {
        let axis = try tensor.shape.normalizedAxis(axis)
        if axis == 0 { return tensor }
        var order = Array(1..<tensor.shape.rank)
        order.insert(0, at: axis)
        let strides = tensor.shape.strides
        let result = try Tensor(
            allocating: tensor.elementType, Shape(order.map { tensor.shape[$0] }))
        try TypedKernels.copyStrided(
            tensor, dimensions: result.shape.dimensions, strides: order.map { strides[$0] }, into: result,
            workers: context.workers)
        return result
    }
}
