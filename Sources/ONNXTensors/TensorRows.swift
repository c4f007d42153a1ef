// SPDX-License-Identifier: Apache-2.0

/// The rows of a tensor of which a run reads a few. Those of a large table in a mapped file are read one by one, because
/// a page of a mapping may bring the 2 MB around it, and an embedding soon all of itself.
///
/// Borrows the tensor, which must outlive it.
package struct TensorRows {
    /// Bytes from which a table in a file is read by rows, and a file's small tensors are copied.
    package static let largeByteCount = 64 << 20

    private enum Source {
        case memory(UnsafeRawPointer)
        case file(MappedFile, offset: Int)
    }

    private let source: Source
    package let rowByteCount: Int

    /// The bytes of `tensor` as rows of `rowByteCount` bytes.
    package init(_ tensor: Tensor, rowByteCount: Int) {
        self.rowByteCount = rowByteCount
        if tensor.byteCount >= Self.largeByteCount,
            let (file, offset) = tensor.storage.filePlace(of: tensor.byteOffset)
        {
            source = .file(file, offset: offset)
        } else {
            source = .memory(UnsafeRawPointer(tensor.baseAddress))
        }
    }

    /// Bytes of memory that ``row(_:room:)`` needs.
    package var roomByteCount: Int {
        if case .file = source { return rowByteCount }
        return 0
    }

    /// Where a row's bytes are: in the tensor, or in `room`, with its alignment, until that is given for another row.
    package func row(_ index: Int, room: UnsafeMutableRawPointer) -> UnsafeRawPointer {
        switch source {
        case .memory(let base): return base + index * rowByteCount
        case .file:
            copy(index, to: room)
            return UnsafeRawPointer(room)
        }
    }

    /// Writes a row's bytes to `target`.
    package func copy(_ index: Int, to target: UnsafeMutableRawPointer) {
        switch source {
        case .memory(let base):
            target.copyMemory(from: base + index * rowByteCount, byteCount: rowByteCount)
        case .file(let file, let offset):
            file.copy(offset: offset + index * rowByteCount, byteCount: rowByteCount, to: target)
        }
    }
}
