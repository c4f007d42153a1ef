// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors
import ONNXTypedKernels

/// Conv: convolution over any number of spatial dimensions, in groups of channels.
///
/// Formula: `Y[n, m, p…] = B[m] + Σ W[m, c, k…] · X[n, first(m) + c, p · stride − pad + k · dilation…]`, zeros outside.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Conv.html>, opsets 1, 11, 22.
/// - Supports: float16, bfloat16, float and double; groups, dilations, explicit and automatic padding.
/// - Deviations: negative pads are refused.
struct Conv: Operator {
    private let window: SpatialWindow
    private let groups: Int

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...3, outputs: 1...1)
        try self.init(attributesOf: node)
    }

    /// The attributes alone, for convolutions with other inputs.
    init(attributesOf node: OperatorNode) throws(ONNXError) {
        window = try SpatialWindow(node)
        groups = try node.int("group", default: 1)
        guard groups > 0 else { throw ONNXError("attr.value", "group is \(groups).") }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let x = try context.input(0, oneOf: .floats)
        let w = try context.input(1)
        try context.checkSameElementType(0, 1)
        let output = try outputShape(x, w)
        if let bias = context.optionalInput(2) {
            guard bias.elementType == x.elementType, bias.shape.dimensions == [w.shape[0]] else {
                throw ONNXError("op.shape", "B is \(bias); [\(w.shape[0])] is expected.")
            }
        }
        return [OutputPlan(x.elementType, output)]
    }

    /// The shape of the output for input and weights.
    ///
    /// - Throws: `op.shape`.
    func outputShape(_ x: TensorType, _ w: TensorType) throws(ONNXError) -> Shape {
        guard x.shape.rank > 2, w.shape.rank == x.shape.rank, w.shape[1] > 0, w.shape[0] > 0,
            x.shape[1] % groups == 0, x.shape[1] / groups == w.shape[1], w.shape[0] % groups == 0
        else {
            throw ONNXError(
                "op.shape",
                "X is \(x) and W \(w); [batch, channels, …] and [outputs, channels ÷ \(groups), …] are expected."
            )
        }
        return try Shape([x.shape[0], w.shape[0]] + walk(x.shape, w.shape).output)
    }

    private func walk(_ x: Shape, _ w: Shape) throws(ONNXError) -> SpatialWalk {
        try window.walk(Array(x.dimensions.dropFirst(2)), weights: Array(w.dimensions.dropFirst(2)))
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            try compute(
                try context.input(0), try context.input(1), bias: context.optionalInput(2),
                into: context.output(0), workers: context.workers)
        }
    }

    /// Convolves tensors of float32 or float64.
    func compute(
        _ x: Tensor, _ w: Tensor, bias: Tensor?, into output: Tensor, workers: WorkerPool
    ) throws(ONNXError) {
        try TypedKernels.convolution(
            x, weights: w, bias: bias, groups: groups, walk(x.shape, w.shape), into: output,
            workers: workers)
    }
}
