// SPDX-License-Identifier: Apache-2.0

extension ProtobufArena {
    /// Unpacks a model from bytes that a scan has accepted, in this arena; says whether that worked.
    package func unpacksModel(_ bytes: [UInt8]) -> Bool { (try? Unpacked.model(bytes, in: self)) != nil }
}
