// SPDX-License-Identifier: Apache-2.0

/// Writes protocol buffer fields one after another into a byte array.
///
/// Fields with the default value are written like any other: leave the call out to leave the field out.
package struct WireEncoder: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// An integer, enumeration or boolean field (wire type 0); negative numbers take ten bytes.
    package mutating func integer(_ field: Int, _ value: Int) {
        tag(field, 0)
        varint(UInt64(bitPattern: Int64(value)))
    }

    /// A `float` field (wire type 5).
    package mutating func float(_ field: Int, _ value: Float) {
        tag(field, 5)
        fixed32(value.bitPattern)
    }

    /// A `string` field.
    package mutating func string(_ field: Int, _ value: String) {
        tag(field, 2)
        varint(UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    /// A `bytes` field.
    package mutating func data(_ field: Int, _ value: UnsafeRawBufferPointer) {
        tag(field, 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// A repeated integer field, one tag per element as in proto2.
    package mutating func integers(_ field: Int, _ values: [Int]) {
        for value in values { integer(field, value) }
    }

    /// A repeated `float` field, one tag per element as in proto2.
    package mutating func floats(_ field: Int, _ values: [Float]) {
        for value in values { float(field, value) }
    }

    /// A message field, whose own fields `body` writes.
    package mutating func message<Failure: Error>(
        _ field: Int, _ body: (inout WireEncoder) throws(Failure) -> Void
    ) throws(Failure) {
        var inner = WireEncoder()
        try body(&inner)
        tag(field, 2)
        varint(UInt64(inner.bytes.count))
        bytes.append(contentsOf: inner.bytes)
    }

    private mutating func tag(_ field: Int, _ wireType: Int) { varint(UInt64(field << 3 | wireType)) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private mutating func fixed32(_ value: UInt32) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
