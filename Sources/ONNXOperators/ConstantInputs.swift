// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

/// The constant inputs of a node, and what packs weights, at load.
package struct ConstantInputs {
    /// Tensor by input position; nil where the input is left out or not constant.
    package let tensors: [Tensor?]
    /// Threads for packing.
    package let workers: WorkerPool
    /// The constants as the model has them, where ``tensors`` may have them in another type.
    private let origins: [Tensor?]
    private let store: (any PackedMatrixStore)?

    package init(_ tensors: [Tensor?], workers: WorkerPool, store: (any PackedMatrixStore)? = nil) {
        self.init(tensors, origins: tensors, workers: workers, store: store)
    }

    private init(
        _ tensors: [Tensor?], origins: [Tensor?], workers: WorkerPool, store: (any PackedMatrixStore)?
    ) {
        self.tensors = tensors
        self.origins = origins
        self.workers = workers
        self.store = store
    }

    /// The constant at a position, where there is one.
    package subscript(_ index: Int) -> Tensor? { index < tensors.count ? tensors[index] : nil }

    /// The same constants in other types.
    func converted(to tensors: [Tensor?]) -> ConstantInputs {
        ConstantInputs(tensors, origins: origins, workers: workers, store: store)
    }

    /// The constants at the given positions, in that order; nil leaves one out.
    func selecting(_ positions: [Int?]) -> ConstantInputs {
        func select(_ list: [Tensor?]) -> [Tensor?] {
            positions.map { $0.flatMap { $0 < list.count ? list[$0] : nil } }
        }
        return ConstantInputs(select(tensors), origins: select(origins), workers: workers, store: store)
    }

    /// The packed form of a matrix: one that was kept from an earlier load, or a new one.
    ///
    /// - Parameter positions: the constants that `source` is made of; all else that decides the packed form stands in
    ///   the source itself.
    /// - Throws: as packing does.
    func packed(_ source: QuantizedMatrixSource, from positions: [Int]) throws(ONNXError) -> QuantizedMatrix {
        guard let store else { return try QuantizedMatrix(packing: source, workers: workers) }
        return try store.matrix(
            source, madeOf: positions.map { $0 < origins.count ? origins[$0] : nil }, workers: workers)
    }
}

/// Keeps packed matrices from one load of a model to the next.
package protocol PackedMatrixStore: AnyObject {
    /// The packed form of `source`, kept or new.
    ///
    /// - Parameter constants: the tensors of the model that the elements of the source come from; nil for parts that
    ///   it does not have.
    func matrix(
        _ source: QuantizedMatrixSource, madeOf constants: [Tensor?], workers: WorkerPool
    ) throws(ONNXError) -> QuantizedMatrix
}
