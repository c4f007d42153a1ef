// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors
import ONNXTypedKernels

/// What MoE and QMoE share: attributes, sizes, and the work of the experts.
struct ExpertMixture: Sendable {
    let count: Int
    let activation: ExpertActivation
    let normalizes: Bool
    let mixesSparsely: Bool

    /// Reads the attributes that both operators have.
    ///
    /// - Throws: `attr.value`, `attr.unsupported`.
    init(_ node: OperatorNode) throws(ONNXError) {
        count = try node.int("k", default: 1)
        normalizes = try node.flag("normalize_routing_weights")
        mixesSparsely = try node.flag("use_sparse_mixer")
        let kind = try node.string("activation_type", default: "relu")
        let alpha = try node.float("activation_alpha", default: 1)
        let beta = try node.float("activation_beta", default: 0)
        let limit = try node.float("swiglu_limit") ?? .infinity
        let fusion = try node.int("swiglu_fusion", default: 0)
        guard count > 0, count <= 1 << 16, alpha.isFinite, beta.isFinite, limit >= 0 else {
            throw ONNXError(
                "attr.value", "k is \(count), the activation's alpha \(alpha), beta \(beta), limit \(limit).")
        }
        guard try !node.flag("swiglu_limit_after_activation") else {
            throw ONNXError("attr.unsupported", "swiglu_limit_after_activation is not supported.")
        }
        guard !mixesSparsely || count == 2 else {
            throw ONNXError("attr.value", "use_sparse_mixer needs two experts a token; k is \(count).")
        }
        switch (kind, fusion) {
        case ("relu", _): activation = .relu
        case ("relu2", _): activation = .squaredReLU
        case ("gelu", _): activation = .gelu
        case ("silu", _): activation = .silu
        case ("identity", _): activation = .identity
        case ("swiglu", 0): activation = .swiGLU(.separate, alpha: alpha, beta: beta, limit: limit)
        case ("swiglu", 1): activation = .swiGLU(.interleaved, alpha: alpha, beta: beta, limit: limit)
        case ("swiglu", 2): activation = .swiGLU(.concatenated, alpha: alpha, beta: beta, limit: limit)
        case ("geglu", 1): activation = .geGLU(.interleaved)
        case ("geglu", 2): activation = .geGLU(.concatenated)
        default:
            throw ONNXError(
                "attr.unsupported",
                """
                activation_type is \(kind) and swiglu_fusion \(fusion); relu, relu2, gelu, silu, identity, swiglu and \
                fused geglu are supported.
                """)
        }
    }

    /// The sizes that the inputs agree on.
    struct Sizes {
        let tokens: Int
        let hidden: Int
        let experts: Int
        /// Elements between the projections, after the activation.
        let inner: Int
        /// Outputs of the first projection.
        let first: Int
    }

    /// Finds the sizes from input, router and the logical shapes of the projections.
    ///
    /// - Throws: `op.shape`.
    func sizes(
        input: Shape, router: Shape, first: [Int], second: [Int], third: [Int]?
    ) throws(ONNXError) -> Sizes {
        guard input.rank == 2 || input.rank == 3, let hidden = input.dimensions.last, hidden > 0,
            second.count == 3, first.count == 3, second[0] > 0
        else {
            throw ONNXError(
                "op.shape", "input is \(input); [tokens, width] or [batch, length, width] is expected.")
        }
        let (experts, inner) = (second[0], second[2])
        let tokens = input.elementCount / hidden
        let firstRows = activation.isFused ? 2 * inner : inner
        guard inner > 0, first == [experts, firstRows, hidden], second == [experts, hidden, inner],
            router.dimensions == [tokens, experts], third.map({ $0 == [experts, inner, hidden] }) ?? true,
            count <= experts
        else {
            throw ONNXError(
                "op.shape",
                """
                input is \(input), router_probs \(router), the projections \(first), \(second) and \
                \(third.map(String.init(describing:)) ?? "none"), k \(count): they do not fit together.
                """)
        }
        if activation.gates == .separate, third == nil {
            throw ONNXError("input.missing", "swiglu_fusion 0 needs the third projection.")
        }
        guard !activation.isFused || third == nil else {
            throw ONNXError("op.input_unsupported", "A fused activation takes no third projection.")
        }
        return Sizes(tokens: tokens, hidden: hidden, experts: experts, inner: inner, first: firstRows)
    }

    /// Checks the shape of a bias.
    static func check(bias: TensorType?, _ name: String, _ shape: [Int]) throws(ONNXError) {
        guard let bias else { return }
        guard bias.elementType == .float32, bias.shape.dimensions == shape else {
            throw ONNXError("op.shape", "\(name) is \(bias); \(shape) is expected.")
        }
    }

    /// A projection and its bias.
    struct Layer {
        let projection: any ExpertProjection
        let bias: Tensor?

        var outputs: Int { projection.outputs }

        func run(
            _ expert: Int, _ source: UnsafePointer<Float>, rows: Int,
            into target: UnsafeMutablePointer<Float>, _ context: RunContext
        ) throws(ONNXError) {
            try projection.multiply(expert, source, rows: rows, into: target, context)
            guard let bias else { return }
            for row in 0..<rows {
                RowKernels.apply(
                    .add, target + row * outputs, bias.floats + expert * outputs,
                    into: target + row * outputs, count: outputs, workers: context.workers)
            }
        }
    }

    /// Adds, expert by expert, what each makes of its tokens to the output.
    func run(
        _ input: Tensor, _ routes: [[ExpertRouting.Route]], _ sizes: Sizes, first: Layer, second: Layer,
        third: Layer?, into output: Tensor, _ context: RunContext
    ) throws(ONNXError) {
        let most = routes.map(\.count).max() ?? 0
        let width = 2 * sizes.hidden + sizes.first + (third == nil ? 1 : 2) * sizes.inner
        let room = try Tensor(allocating: .float32, Shape([max(1, most), width]))
        let gathered = room.mutableFloats
        let firstRows = gathered + most * sizes.hidden
        let thirdRows = firstRows + most * sizes.first
        let activated = thirdRows + (third == nil ? 0 : most * sizes.inner)
        let results = activated + most * sizes.inner
        let target = output.mutableFloats
        target.update(repeating: 0, count: output.shape.elementCount)
        for (expert, tokens) in routes.enumerated() where !tokens.isEmpty {
            try context.checkCancellation()
            let rows = tokens.count
            for (row, route) in tokens.enumerated() {
                (gathered + row * sizes.hidden).update(
                    from: input.floats + route.token * sizes.hidden, count: sizes.hidden)
            }
            try first.run(expert, gathered, rows: rows, into: firstRows, context)
            try third?.run(expert, gathered, rows: rows, into: thirdRows, context)
            TypedKernels.activate(
                activation, firstRows, third == nil ? nil : UnsafePointer(thirdRows), into: activated,
                rows: rows, width: sizes.inner, workers: context.workers)
            try second.run(expert, activated, rows: rows, into: results, context)
            for (row, route) in tokens.enumerated() {
                let source = results + row * sizes.hidden
                let sum = target + route.token * sizes.hidden
                for index in 0..<sizes.hidden { sum[index] += route.weight * source[index] }
            }
        }
        withExtendedLifetime((input, room, output)) {}
    }
}
