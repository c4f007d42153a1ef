// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
package import ONNXErrors

/// A weight matrix of 4 or 8 bits in the layout that the kernels read, `Y = X Wᵀ (+ bias)`.
///
/// Packing copies everything; the source may go afterwards. The packed form is one relocatable region that can be
/// written to a file and mapped again with ``init(mapped:owner:kernels:)``. It is the same for every CPU level.
package final class QuantizedMatrix: Sendable {
    /// Inputs.
    package let k: Int
    /// Outputs.
    package let n: Int
    /// Bits of a stored value: 4 (2-bit sources too) or 8.
    package var bits: Int { header.bits }
    package var blockSize: Int { header.blockSize }
    /// Whether products quantise the activations to int8 (accuracy level 4), or keep them as float32.
    package var usesQuantizedActivations: Bool { header.usesQuantizedActivations }

    let header: PackedMatrixHeader
    /// That of the header, which every task of a product asks for.
    let layout: onnxlm_panel_layout
    let kernels: KernelSet
    // Safety: the bytes are never written after initialisation, and `owner` keeps them alive.
    private nonisolated(unsafe) let base: UnsafeRawPointer
    private nonisolated(unsafe) let owner: AnyObject?

    /// Packs a matrix into memory of its own.
    ///
    /// - Throws: `kernel.quantized_matrix` for sizes or lengths that do not fit together, `memory.exhausted`.
    /// - Complexity: O(N · K), shared out over the workers.
    package convenience init(
        packing source: QuantizedMatrixSource, workers: WorkerPool, kernels: KernelSet = .current
    ) throws(ONNXError) {
        let packing = try MatrixPacking(source)
        let memory = try AlignedMemory(byteCount: packing.header.totalByteCount)
        packing.write(to: memory.bytes, workers: workers)
        try self.init(mapped: UnsafeRawBufferPointer(memory.bytes), owner: memory, kernels: kernels)
    }

    /// Uses a packed matrix where it lies, 64-byte aligned; `owner` is kept as long as this.
    ///
    /// - Throws: `kernel.packed_matrix` if the bytes are not exactly one packed matrix.
    package init(
        mapped bytes: UnsafeRawBufferPointer, owner: AnyObject?, kernels: KernelSet = .current
    ) throws(ONNXError) {
        header = try PackedMatrixHeader(reading: bytes)
        guard let base = bytes.baseAddress, UInt(bitPattern: base) % 64 == 0 else {
            throw ONNXError("kernel.packed_matrix", "A packed matrix must start at a multiple of 64 bytes.")
        }
        if header.hasPermutation {
            for index in 0..<header.paddedK {
                let offset = header.permutationOffset + index * 4
                let input = bytes.load(fromByteOffset: offset, as: Int32.self)
                guard input >= -1, Int(input) < header.k else {
                    throw ONNXError(
                        "kernel.packed_matrix", "A packed matrix has a wrong permutation; pack it again.")
                }
            }
        }
        k = header.k
        n = header.n
        layout = header.layout
        self.base = base
        self.owner = owner
        self.kernels = kernels
    }

    /// What the packed bytes depend on besides the source; packed forms of another layout must not be used.
    package static var layoutVersion: Int { Int(PackedMatrixHeader.version) }

    /// Whether this is, by all that can be known without reading elements, the packed form of `source`: then
    /// products of it read and write no more memory than those of the source.
    package func hasForm(of source: QuantizedMatrixSource) -> Bool {
        let zeroPoints = header.zeroPointKind
        let sameZeroPoints =
            switch source.zeroPoints {
            case .none: zeroPoints == (source.bits == 2 ? ONNXLM_ZERO_POINT_U8 : ONNXLM_ZERO_POINT_NONE)
            case .packed: zeroPoints == ONNXLM_ZERO_POINT_U8
            case .float: zeroPoints == ONNXLM_ZERO_POINT_F32
            }
        return k == source.k && n == source.n && bits == (source.bits == 8 ? 8 : 4)
            && blockSize == source.packedBlockSize && sameZeroPoints
            && usesQuantizedActivations == source.usesQuantizedActivations
            && header.hasBias == (source.bias != nil)
            && (source.groupIndex != nil || !header.hasPermutation)
    }

    /// Bytes of the packed form of a matrix.
    ///
    /// - Throws: `kernel.quantized_matrix` as packing does.
    package static func packedByteCount(of source: QuantizedMatrixSource) throws(ONNXError) -> Int {
        try MatrixPacking(source).header.totalByteCount
    }

    /// Packs a matrix into memory of the caller, which must be exactly ``packedByteCount(of:)`` bytes of zeros.
    package static func pack(
        _ source: QuantizedMatrixSource, into bytes: UnsafeMutableRawBufferPointer, workers: WorkerPool
    ) throws(ONNXError) {
        let packing = try MatrixPacking(source)
        guard bytes.count == packing.header.totalByteCount else {
            throw ONNXError(
                "kernel.packed_matrix",
                "The packed matrix takes \(packing.header.totalByteCount) bytes, not \(bytes.count).")
        }
        packing.write(to: bytes, workers: workers)
    }

    /// The packed form.
    package var bytes: UnsafeRawBufferPointer { .init(start: base, count: header.totalByteCount) }

    /// Bytes of the packed form.
    package var byteCount: Int { header.totalByteCount }

    var panels: UnsafePointer<UInt8> {
        (base + PackedMatrixHeader.byteCount).assumingMemoryBound(to: UInt8.self)
    }

    var bias: UnsafePointer<Float>? {
        header.hasBias ? (base + header.biasOffset).assumingMemoryBound(to: Float.self) : nil
    }

    var permutation: UnsafePointer<Int32>? {
        header.hasPermutation ? (base + header.permutationOffset).assumingMemoryBound(to: Int32.self) : nil
    }

    var inputOrder: PackedInputOrder {
        PackedInputOrder(inputs: k, places: header.paddedK, permutation: permutation)
    }
}
