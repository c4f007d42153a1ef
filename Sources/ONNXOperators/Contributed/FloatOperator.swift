// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// An operator written for float32 alone; ``InFloat32`` makes it serve float16 and bfloat16 too.
protocol FloatOperator: Operator {
    /// The input whose type the outputs take.
    static var typeInput: Int { get }

    /// Inputs whose type one output takes, the first that is given deciding.
    static func typeInputs(ofOutput index: Int) -> [Int]

    /// Outputs that stay float32 whatever the inputs are.
    static var floatOutputs: Set<Int> { get }
}

extension FloatOperator {
    static var typeInput: Int { 0 }
    static func typeInputs(ofOutput index: Int) -> [Int] { [typeInput] }
    static var floatOutputs: Set<Int> { [] }
}

/// Computes an operator in float32 whose inputs are float16 or bfloat16: inputs are widened, outputs narrowed.
///
/// Costs nothing but a test of types where all inputs are float32.
struct InFloat32<Base: FloatOperator>: Operator {
    private let base: any Operator
    /// Constant inputs of half precision in float32, by position, where the operator itself has not taken them in.
    private let widenedConstants: [Int: Tensor]
    /// The types of all constant inputs of half precision, which a run does not always give.
    private let constantTypes: [Int: TensorType]

    init(_ node: OperatorNode) throws(ONNXError) {
        base = try Base(node)
        widenedConstants = [:]
        constantTypes = [:]
    }

    private init(_ base: any Operator, _ constants: [Int: Tensor], types: [Int: TensorType]) {
        self.base = base
        widenedConstants = constants
        constantTypes = types
    }

    var cacheInputs: [Int: KVCache.Format] { base.cacheInputs }
    var growingInputs: [Int] { base.growingInputs }
    var absorbedInputs: [Int] { base.absorbedInputs + widenedConstants.keys }
    var packedByteCount: Int { base.packedByteCount }

    func prepared(_ constants: ConstantInputs) throws(ONNXError) -> any Operator {
        var tensors: [Tensor?] = []
        var widened: [Int: Tensor] = [:]
        var types: [Int: TensorType] = [:]
        for (index, tensor) in constants.tensors.enumerated() {
            guard let tensor, Self.isHalf(tensor.elementType) else {
                tensors.append(tensor)
                continue
            }
            let wide = try Self.widened(tensor, constants.workers)
            widened[index] = wide
            types[index] = tensor.type
            tensors.append(wide)
        }
        let prepared = try base.prepared(constants.converted(to: tensors))
        for index in prepared.absorbedInputs { widened[index] = nil }
        return InFloat32(prepared, widened, types: types)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let given = context.inputs.enumerated().map { $1 ?? constantTypes[$0] }
        guard given.contains(where: { Self.isHalf($0?.elementType) }) else {
            return try base.inferOutputs(context)
        }
        var types: [TensorType?] = []
        var values: [Tensor?] = []
        for (index, type) in given.enumerated() {
            types.append(type.map { Self.isHalf($0.elementType) ? TensorType(.float32, $0.shape) : $0 })
            let isUsed = context.isKnown(index) && !Self.isHalf(type?.elementType)
            values.append(isUsed ? try context.value(index) : nil)
        }
        let inner = InferenceContext()
        inner.reset(inputs: types, values: values, requestedOutputs: context.requestedOutputs)
        var plans: [OutputPlan] = []
        for (index, plan) in try base.inferOutputs(inner).enumerated() {
            let deciding = Base.typeInputs(ofOutput: index).first { $0 < given.count && given[$0] != nil }
            let position = deciding ?? Base.typeInput
            let target: ElementType
            if let constant = constantTypes[position] {
                target = constant.elementType
            } else {
                target = try context.input(position).elementType
            }
            let narrows = plan.type.elementType == .float32 && !Base.floatOutputs.contains(index)
            let type = narrows ? target : plan.type.elementType
            plans.append(OutputPlan(type, plan.type.shape, plan.placement))
        }
        return plans
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let hasHalfInput = (0..<context.inputCount).contains {
            Self.isHalf(context.optionalInput($0)?.elementType)
        }
        guard hasHalfInput || !widenedConstants.isEmpty else { return try base.run(context) }
        var inputs: [Tensor?] = []
        for index in 0..<context.inputCount {
            if let constant = widenedConstants[index] {
                inputs.append(constant)
            } else {
                inputs.append(try Self.widened(context.optionalInput(index), context.workers))
            }
        }
        var outputs: [Tensor?] = []
        for index in 0..<context.outputCount {
            guard let output = context.optionalOutput(index), Self.isHalf(output.elementType) else {
                outputs.append(context.optionalOutput(index))
                continue
            }
            outputs.append(try Tensor(allocating: .float32, output.shape))
        }
        let inner = RunContext(workers: context.workers, kernelScratch: context.kernelScratch)
        inner.reset(
            inputs: inputs, caches: (0..<context.inputCount).map { context.cache($0) }, outputs: outputs)
        try base.run(inner)
        for index in 0..<context.outputCount {
            guard let output = context.optionalOutput(index), Self.isHalf(output.elementType),
                let source = outputs[index]
            else { continue }
            Self.narrow(source, into: output, context.workers)
        }
    }

    private static func halfFormat(_ type: ElementType?) -> HalfFormat? {
        switch type {
        case .float16: .float16
        case .bfloat16: .bfloat16
        default: nil
        }
    }

    private static func isHalf(_ type: ElementType?) -> Bool { halfFormat(type) != nil }

    private static func widened(_ tensor: Tensor, _ workers: WorkerPool) throws(ONNXError) -> Tensor {
        guard let format = halfFormat(tensor.elementType) else { return tensor }
        let result = try Tensor(allocating: .float32, tensor.shape)
        RowKernels.convert(
            tensor.baseAddress.assumingMemoryBound(to: UInt16.self), as: format, into: result.mutableFloats,
            count: tensor.shape.elementCount, workers: workers)
        return withExtendedLifetime(tensor.storage) { result }
    }

    private static func widened(_ tensor: Tensor?, _ workers: WorkerPool) throws(ONNXError) -> Tensor? {
        guard let tensor else { return nil }
        return try widened(tensor, workers) as Tensor
    }

    private static func narrow(_ source: Tensor, into output: Tensor, _ workers: WorkerPool) {
        guard let format = halfFormat(output.elementType) else { return }
        RowKernels.convert(
            source.floats, into: output.mutableBaseAddress.assumingMemoryBound(to: UInt16.self), as: format,
            count: source.shape.elementCount, workers: workers)
        withExtendedLifetime((source.storage, output.storage)) {}
    }
}
