// SPDX-License-Identifier: Apache-2.0
package import ONNXGraph
import ONNXKernels
package import ONNXTensors

extension CacheType {
    /// The type that sessions of a graph keep unless told otherwise: int16 where kernels of this processor multiply it
    /// in integers and every quantised product quantises its activations too, far more coarsely; else float16.
    package static func automatic(for graph: Graph) -> CacheType {
        guard KernelSet.current.level >= .avx512vnni else { return .float16 }
        let products = graph.nodes.filter { $0.operatorType == "MatMulNBits" }
        let quantiseActivations = products.allSatisfy {
            if case .int(4)? = $0.attributes["accuracy_level"] { true } else { false }
        }
        return !products.isEmpty && quantiseActivations ? .int16 : .float16
    }
}
