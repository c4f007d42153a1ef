// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// An operator that reduces a tensor over some of its axes.
protocol ReductionOperator: Operator {
    static var reduction: Reduction { get }
    static var types: Set<ElementType> { get }
    var attributes: ReductionAttributes { get }
    init(attributes: ReductionAttributes)
}

/// What the reductions have in common: the axes are an attribute up to some operator set version and an input later.
struct ReductionAttributes: Sendable {
    let axes: [Int]?
    let keepsDimensions: Bool
    let emptyAxesMeanNone: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...2, outputs: 1...1)
        axes = try node.ints("axes")
        keepsDimensions = try node.flag("keepdims", default: true)
        emptyAxesMeanNone = try node.flag("noop_with_empty_axes")
    }

    /// The axes to reduce for an input of this shape, in range and sorted.
    func axes(for shape: Shape, _ context: InferenceContext) throws(ONNXError) -> [Int] {
        let given = context.hasInput(1) ? try context.integers(1) : axes ?? []
        if given.isEmpty { return emptyAxesMeanNone ? [] : Array(0..<shape.rank) }
        return try shape.normalizedAxes(given)
    }
}

extension ReductionOperator {
    static var types: Set<ElementType> { .numbers }

    init(_ node: OperatorNode) throws(ONNXError) { self.init(attributes: try ReductionAttributes(node)) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: Self.types)
        let axes = Set(try attributes.axes(for: input.shape, context))
        var dimensions: [Int] = []
        for axis in 0..<input.shape.rank {
            if !axes.contains(axis) {
                dimensions.append(input.shape[axis])
            } else if attributes.keepsDimensions {
                dimensions.append(1)
            }
        }
        return [OutputPlan(input.elementType, try Shape(dimensions))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let shape = try context.input(0).shape
        let given = try context.optionalInput(1)?.integers() ?? attributes.axes ?? []
        let none = attributes.emptyAxesMeanNone
        let axes = given.isEmpty ? (none ? [] : Array(0..<shape.rank)) : try shape.normalizedAxes(given)
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            try TypedKernels.reduce(
                Self.reduction, try context.input(0), axes: axes, into: try context.output(0),
                workers: context.workers)
        }
    }
}
