// SPDX-License-Identifier: Apache-2.0
import CONNXSchema
import ONNXErrors

/// A message that protobuf-c has unpacked, with the arena that it stands in.
final class Unpacked<Message> {
    let message: UnsafeMutablePointer<Message>
    private let arena: ProtobufArena

    fileprivate init(_ message: UnsafeMutablePointer<Message>, in arena: ProtobufArena) {
        self.message = message
        self.arena = arena
    }
}

extension Unpacked where Message == Onnxlm__ModelProto {
    /// The model that a scan has accepted.
    ///
    /// - Throws: `proto.budget`, `proto.malformed`.
    static func model(_ scan: WireScan.Result, limits: ImportLimits) throws(ONNXError) -> Unpacked {
        let arena = ProtobufArena(byteCount: limits.arenaByteCount(forKept: scan.kept.count))
        return try model(scan.kept, in: arena)
    }

    /// The model in `bytes`, which a scan has written.
    ///
    /// - Throws: `proto.budget`, `proto.malformed`.
    static func model(_ bytes: [UInt8], in arena: ProtobufArena) throws(ONNXError) -> Unpacked {
        let message = arena.withAllocator { allocator in
            bytes.withUnsafeBufferPointer {
                onnxlm__model_proto__unpack(allocator, $0.count, $0.baseAddress)
            }
        }
        guard let message else { throw unpackError(arena) }
        return Unpacked(message, in: arena)
    }
}

extension Unpacked where Message == Onnxlm__TensorProto {
    /// The tensor that a scan has accepted.
    ///
    /// - Throws: `proto.budget`, `proto.malformed`.
    static func tensor(_ scan: WireScan.Result, limits: ImportLimits) throws(ONNXError) -> Unpacked {
        let arena = ProtobufArena(byteCount: limits.arenaByteCount(forKept: scan.kept.count))
        let message = arena.withAllocator { allocator in
            scan.kept.withUnsafeBufferPointer {
                onnxlm__tensor_proto__unpack(allocator, $0.count, $0.baseAddress)
            }
        }
        guard let message else { throw unpackError(arena) }
        return Unpacked(message, in: arena)
    }
}

private func unpackError(_ arena: ProtobufArena) -> ONNXError {
    arena.isExhausted
        ? ONNXError("proto.budget", "The file's structure takes more memory than its size allows.")
        : ONNXError("proto.malformed", "The protobuf cannot be unpacked.")
}
