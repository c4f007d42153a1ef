// SPDX-License-Identifier: Apache-2.0
#if Providers
    package import ONNXLM

    /// One event of a `text/event-stream`.
    package struct ServerSentEvent: Sendable, Hashable {
        /// The field `event`; `message` when there is none.
        package var name: String
        package var data: String
    }

    /// Splits the bytes of a `text/event-stream` into events, however they are cut. What stands after the last blank
    /// line is no event. Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>.
    package struct ServerSentEventParser {
        private let byteLimit: Int
        private var line: [UInt8] = []
        private var name = ""
        private var data: [String] = []
        private var dataByteCount = 0
        private var endsWithReturn = false
        private var isFirstLine = true

        /// - Parameter byteLimit: bytes that one event may have.
        package init(byteLimit: Int = 4 << 20) { self.byteLimit = byteLimit }

        /// The events that end in these bytes.
        ///
        /// - Throws: `sse.too_large`.
        package mutating func read(_ bytes: [UInt8]) throws(ONNXError) -> [ServerSentEvent] {
            var events: [ServerSentEvent] = []
            for byte in bytes {
                let follows = endsWithReturn
                endsWithReturn = byte == 0x0D
                if byte == 0x0A && follows { continue }
                if byte == 0x0A || byte == 0x0D {
                    if let event = endLine() { events.append(event) }
                } else {
                    line.append(byte)
                    guard line.count + dataByteCount <= byteLimit else {
                        throw ONNXError(
                            "sse.too_large", "An event of the stream has more than \(byteLimit) bytes.")
                    }
                }
            }
            return events
        }

        private mutating func endLine() -> ServerSentEvent? {
            defer { line.removeAll(keepingCapacity: true) }
            if isFirstLine {
                isFirstLine = false
                if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
            }
            if line.isEmpty { return dispatch() }
            let colon = line.firstIndex(of: 0x3A) ?? line.endIndex
            var value = line[colon...].dropFirst()
            if value.first == 0x20 { value = value.dropFirst() }
            switch String(decoding: line[..<colon], as: UTF8.self) {
            case "data":
                data.append(String(decoding: value, as: UTF8.self))
                dataByteCount += value.count + 1
            case "event": name = String(decoding: value, as: UTF8.self)
            default: break
            }
            return nil
        }

        private mutating func dispatch() -> ServerSentEvent? {
            defer {
                name = ""
                data = []
                dataByteCount = 0
            }
            guard !data.isEmpty else { return nil }
            return ServerSentEvent(name: name.isEmpty ? "message" : name, data: data.joined(separator: "\n"))
        }
    }
#endif
