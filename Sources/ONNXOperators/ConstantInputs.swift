// SPDX-License-Identifier: Apache-2.0
package import ONNXKernels
package import ONNXTensors

/// The constant inputs of a node, and what packs weights, at load.
package struct ConstantInputs {
    /// Tensor by input position; nil where the input is left out or not constant.
    package let tensors: [Tensor?]
    /// Threads for packing.
    package let workers: WorkerPool

    package init(_ tensors: [Tensor?], workers: WorkerPool) {
        self.tensors = tensors
        self.workers = workers
    }

    /// The constant at a position, where there is one.
    package subscript(_ index: Int) -> Tensor? { index < tensors.count ? tensors[index] : nil }
}
