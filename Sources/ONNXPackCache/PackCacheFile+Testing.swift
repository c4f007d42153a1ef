// SPDX-License-Identifier: Apache-2.0

extension PackCacheFile {
    /// The sum that headers and sections are checked with.
    package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 { PackCacheChecksum.sum(bytes) }
}
