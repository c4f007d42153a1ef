// SPDX-License-Identifier: Apache-2.0
package import ONNXGraph
package import ONNXKernels
package import ONNXTensors

extension CacheType {
    /// The type that sessions keep unless told otherwise.
    ///
    /// Where the graph's products quantise their activations, far more coarsely, bfloat16 or int16: the former if the kernels
    /// of this processor multiply it in tiles, the latter if they multiply it in integers, and if every head size is one
    /// that those kernels take. Else float16.
    ///
    /// - Parameters:
    ///   - quantizesActivations: what ``quantizesActivations(_:)`` says of the graph.
    ///   - headSizes: those of all caches that a session keeps.
    ///   - level: the level of the kernels that will run.
    package static func automatic(
        quantizesActivations: Bool, headSizes: some Sequence<Int>, level: CPULevel = KernelSet.current.level
    ) -> CacheType {
        if !quantizesActivations { return .float16 }
        if level >= .amx && headSizes.allSatisfy({ $0 % 32 == 0 }) { return .bfloat16 }
        return level >= .avx512vnni && headSizes.allSatisfy { $0 % 8 == 0 } ? .int16 : .float16
    }

    /// Whether a graph has products with quantised weights, and all of them quantise their activations too
    /// (`accuracy_level` 4).
    package static func quantizesActivations(_ graph: Graph) -> Bool {
        let products = graph.nodes.filter { $0.operatorType == "MatMulNBits" }
        return !products.isEmpty
            && products.allSatisfy {
                if case .int(4)? = $0.attributes["accuracy_level"] { true } else { false }
            }
    }
}
