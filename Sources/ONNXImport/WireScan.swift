// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

/// The check of a protobuf file that runs before protobuf-c sees a byte of it.
///
/// protobuf-c recurses without limit, copies every byte field and every unknown field, merges repeated messages at
/// quadratic cost, and checks neither UTF-8 nor NUL in texts. So this walk, which is iterative and linear in the
/// file, refuses what would hurt and writes a compact copy of the rest: only fields of the schema that the reader
/// uses, and for the bytes of a tensor (`raw_data`) their place in the file instead of the bytes. Payloads are
/// neither copied nor read.
package struct WireScan {
    /// What a file holds when the scan accepts it.
    package struct Result: Sendable {
        /// The compact copy.
        package var kept: [UInt8]
        /// Bytes of tensor payloads that were left in the file.
        package var payloadByteCount: Int
        /// How many messages of each kind there are, by raw value of ``MessageKind``.
        var counts: [Int]

        /// How many messages of one kind there are.
        package func count(_ kind: MessageKind) -> Int { counts[Int(kind.rawValue)] }
    }

    struct Frame {
        var kind: MessageKind
        var fieldName: StaticString
        var end: Int
        /// Whether the message goes into the copy.
        var isKept: Bool
        /// Singular message fields met so far, by number.
        var seen: UInt32 = 0
        /// Where the copy holds the message's length.
        var lengthPosition: Int
    }

    let bytes: UnsafeRawBufferPointer
    let limits: ImportLimits
    let schema = WireSchema.onnx
    var position = 0
    var stack: [Frame] = []
    var kept: [UInt8] = []
    var payloadByteCount = 0
    var counts = [Int](repeating: 0, count: MessageKind.allCases.count)

    /// Checks `bytes` as a message of kind `root`.
    ///
    /// - Throws: a `proto.*` error with the offset in the file.
    package static func scan(
        _ bytes: UnsafeRawBufferPointer, as root: MessageKind = .model, limits: ImportLimits = ImportLimits()
    ) throws(ONNXError) -> Result {
        var scan = WireScan(bytes: bytes, limits: limits)
        try scan.run(root)
        return Result(kept: scan.kept, payloadByteCount: scan.payloadByteCount, counts: scan.counts)
    }

    /// Numbers and wire types of the fields outside messages, as far as they can be read.
    static func topLevelFields(of bytes: UnsafeRawBufferPointer) -> [(number: Int, wireType: Int)] {
        var scan = WireScan(bytes: bytes, limits: ImportLimits())
        var fields: [(Int, Int)] = []
        while scan.position < bytes.count, fields.count < 64 {
            guard let tag = try? scan.varint(end: bytes.count) else { break }
            let start = scan.position
            switch tag & 7 {
            case 0: _ = try? scan.varint(end: bytes.count)
            case 1: try? scan.skip(8, end: bytes.count, at: start)
            case 2:
                guard let length = try? scan.lengthPrefix(end: bytes.count) else { break }
                scan.position += length
            case 5: try? scan.skip(4, end: bytes.count, at: start)
            default: return fields
            }
            fields.append((Int(clamping: tag >> 3), Int(tag & 7)))
            if scan.position == start { break }
        }
        return fields
    }

    private init(bytes: UnsafeRawBufferPointer, limits: ImportLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    private mutating func run(_ root: MessageKind) throws(ONNXError) {
        counts[Int(root.rawValue)] = 1
        stack.append(
            Frame(kind: root, fieldName: "", end: bytes.count, isKept: true, lengthPosition: -1))
        while let frame = stack.last {
            guard position < frame.end else {
                closeMessage(frame)
                continue
            }
            let start = position
            let tag = try varint(end: frame.end)
            let number = tag >> 3
            guard number >= 1, number < 1 << 29 else {
                throw error("proto.bad_tag", "field number \(number) is not valid", at: start)
            }
            try readField(number: number, wireType: UInt8(tag & 7), in: frame, at: start)
        }
    }

    private mutating func closeMessage(_ frame: Frame) {
        stack.removeLast()
        guard frame.lengthPosition >= 0 else { return }
        // Five bytes hold any length below 2^31 when all but the last say that more follow.
        var length = UInt32(truncatingIfNeeded: kept.count - frame.lengthPosition - 5)
        for index in 0..<5 {
            kept[frame.lengthPosition + index] = UInt8(length & 0x7F) | (index < 4 ? 0x80 : 0)
            length >>= 7
        }
    }

    private mutating func readField(
        number: UInt64, wireType: UInt8, in frame: Frame, at start: Int
    ) throws(ONNXError) {
        let field = schema.field(frame.kind, number)
        let isKept = frame.isKept && field.isKept
        switch wireType {
        case 0, 1, 5:
            let valueStart = position
            switch wireType {
            case 0: _ = try varint(end: frame.end)
            case 1: try skip(8, end: frame.end, at: start)
            default: try skip(4, end: frame.end, at: start)
            }
            switch (field.content, wireType) {
            case (.unknown, _): return
            case (.varint, 0), (.fixed64, 1), (.fixed32, 5): break
            default: throw mismatch(field, frame, wireType, at: start)
            }
            if isKept {
                appendVarint(number << 3 | UInt64(wireType))
                try keep(valueStart..<position, at: start)
            }
        case 2:
            let length = try lengthPrefix(end: frame.end)
            let content = position..<position + length
            switch field.content {
            case .unknown: position = content.upperBound
            case .message(let kind):
                try openMessage(kind, field, number, content, isKept: isKept, at: start)
            case .payload:
                position = content.upperBound
                guard isKept else { return }
                appendVarint(WireScan.payloadOffsetTag)
                appendVarint(UInt64(content.lowerBound))
                appendVarint(WireScan.payloadLengthTag)
                appendVarint(UInt64(length))
                payloadByteCount += length
            case .text, .bytes, .varint, .fixed32, .fixed64:
                try checkContent(of: field, content, in: frame, isKept: isKept, at: start)
                position = content.upperBound
                guard isKept else { return }
                appendVarint(number << 3 | 2)
                appendVarint(UInt64(length))
                try keep(content, at: start)
            }
        default:
            throw error("proto.bad_wire_type", "wire type \(wireType) is not valid", at: start)
        }
    }

    private mutating func openMessage(
        _ kind: MessageKind, _ field: WireField, _ number: UInt64, _ content: Range<Int>, isKept: Bool,
        at start: Int
    ) throws(ONNXError) {
        guard stack.count <= limits.messageDepth else {
            throw error(
                "proto.too_deep", "messages are nested more than \(limits.messageDepth) deep", at: start)
        }
        if !field.isRepeated {
            let bit: UInt32 = 1 << UInt32(truncatingIfNeeded: number)
            let top = stack.count - 1
            guard stack[top].seen & bit == 0 else {
                throw error(
                    "proto.duplicate_field", "\"\(field.name)\" stands twice where it may stand once",
                    at: start)
            }
            stack[top].seen |= bit
        }
        try count(kind, at: start)
        var lengthPosition = -1
        if isKept {
            appendVarint(number << 3 | 2)
            lengthPosition = kept.count
            kept.append(contentsOf: [0, 0, 0, 0, 0])
            try checkKept(at: start)
        }
        stack.append(
            Frame(
                kind: kind, fieldName: field.name, end: content.upperBound, isKept: isKept,
                lengthPosition: lengthPosition))
    }

    private mutating func count(_ kind: MessageKind, at start: Int) throws(ONNXError) {
        let limit =
            switch kind {
            // Above the graph's own limit, so that its error names the limit and the count.
            case .node: 2 * min(limits.nodes, Int.max / 2)
            case .tensor: limits.tensors
            case .valueInfo: limits.valueInfos
            case .function: limits.functions
            default: limits.otherMessages
            }
        counts[Int(kind.rawValue)] += 1
        guard counts[Int(kind.rawValue)] <= limit else {
            throw error(
                "proto.too_many", "the file holds more than \(limit) messages of kind \(kind.label)",
                at: start
            )
        }
    }

    // MessageKind.tensor's private fields 2001 and 2002, as varints.
    private static let payloadOffsetTag: UInt64 = 2001 << 3
    private static let payloadLengthTag: UInt64 = 2002 << 3
}
