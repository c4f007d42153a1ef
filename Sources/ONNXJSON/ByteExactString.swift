// SPDX-License-Identifier: Apache-2.0

/// A string that equals another only where their UTF-8 bytes are equal.
///
/// Swift's own `==` takes canonically equivalent strings for one; vocabularies, keys and templates must not.
package struct ByteExactString: Hashable, Sendable {
    package let string: String

    package init(_ string: String) { self.string = string }

    package static func == (left: ByteExactString, right: ByteExactString) -> Bool {
        left.string.utf8.count == right.string.utf8.count && left.string.utf8.elementsEqual(right.string.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        let whole: Void? = string.utf8.withContiguousStorageIfAvailable { bytes in
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
        if whole == nil {
            for byte in string.utf8 { hasher.combine(byte) }
        }
    }
}
