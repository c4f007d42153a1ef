// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// GatherND: slices picked by index vectors, below leading batch dimensions.
///
/// Formula: `output[b…, i…] = data[b…, indices[b…, i…]]`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__GatherND.html>, opsets 11, 12, 13.
/// - Supports: every type but strings; int32 indices too.
/// - Deviations: none; an index out of range is the error `op.index`.
struct GatherND: Operator {
    private let batchAxes: Int

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        batchAxes = try node.int("batch_dims", default: 0)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let data = try context.input(0, oneOf: .movable)
        let indices = try context.input(1, oneOf: .indices)
        let rank = indices.shape.rank
        guard data.shape.rank >= 1, rank >= 1, batchAxes >= 0, batchAxes < rank, batchAxes < data.shape.rank,
            data.shape.dimensions.prefix(batchAxes) == indices.shape.dimensions.prefix(batchAxes),
            indices.shape[rank - 1] <= data.shape.rank - batchAxes
        else {
            throw ONNXError(
                "op.shape",
                "Indices of shape \(indices.shape) with \(batchAxes) batch dimensions do not suit data of shape \(data.shape)."
            )
        }
        let rest = data.shape.dimensions.dropFirst(batchAxes + indices.shape[rank - 1])
        return [OutputPlan(data.elementType, try Shape(indices.shape.dimensions.dropLast() + rest))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let indices = try context.input(1)
        guard try context.output(0).shape.elementCount > 0 else { return }
        try context.withWholeBytes { (context: RunContext) throws(ONNXError) in
            let data = try context.input(0)
            let depth = indices.shape[indices.shape.rank - 1]
            let offsets = try TypedKernels.sliceOffsets(
                indices, depth: depth, in: data.shape, batchAxes: batchAxes)
            TypedKernels.gatherSlices(
                data, offsets: offsets, sliceCount: data.shape.product(batchAxes + depth..<data.shape.rank),
                into: try context.output(0))
        }
    }
}
