// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

extension TokenizerLoader {
    static func decoderSteps(_ value: JSONValue) throws(ONNXError) -> [DecoderStep] {
        var steps: [DecoderStep] = []
        try addDecoder(value, to: &steps)
        return steps
    }

    private static func addDecoder(_ value: JSONValue, to steps: inout [DecoderStep]) throws(ONNXError) {
        let part = "decoder"
        let type = try type(of: value, part)
        let isFused = steps.contains(.fuse) || steps.contains(.byteLevel)
        switch type {
        case "Sequence":
            for step in try field("decoders", of: value, part, { $0.arrayValue }) {
                try addDecoder(step, to: &steps)
            }
        case "Fuse": steps.append(.fuse)
        case "Strip":
            let content = try field("content", of: value, part) { $0.stringValue }
            let start = try field("start", of: value, part) { $0.intValue }
            let stop = try field("stop", of: value, part) { $0.intValue }
            guard content.unicodeScalars.count == 1, (0...1024).contains(start), (0...1024).contains(stop)
            else {
                throw unsupported(part, "Strip of \"\(content)\", \(start) and \(stop) times")
            }
            steps.append(.strip(Array(content.utf8), start: start, stop: stop))
        case _ where isFused:
            throw unsupported(part, "\(type) after \(steps.last == .fuse ? "Fuse" : "ByteLevel")")
        case "ByteLevel": steps.append(.byteLevel)
        case "ByteFallback": steps.append(.byteFallback)
        case "Replace":
            if let regex = value["pattern"]?["Regex"]?.stringValue {
                let content = try field("content", of: value, part) { $0.stringValue }
                return steps.append(.replaceMatches(try expression(regex, part), with: Array(content.utf8)))
            }
            let (pattern, content) = try replacement(value, part)
            steps.append(.replace(pattern, with: content))
        case "Metaspace":
            let dropsFirst = try prepending(value, part) != .never
            steps.append(.metaspace(try metaspaceMark(value, part), dropsFirst: dropsFirst))
        case "WordPiece":
            let prefix = try field("prefix", of: value, part) { $0.stringValue }
            let cleansUp = try field("cleanup", of: value, part) { $0.boolValue }
            steps.append(.wordPiece(Array(prefix.utf8), cleansUp: cleansUp))
        case "BPEDecoder": steps.append(.endOfWord(try mark("suffix", of: value, part)))
        case "CTC":
            steps.append(
                .connectionist(
                    padding: try mark("pad_token", of: value, part),
                    delimiter: try mark("word_delimiter_token", of: value, part),
                    cleansUp: try field("cleanup", of: value, part) { $0.boolValue }))
        default: throw unsupported(part, type)
        }
    }

    /// A text that is looked for and therefore not empty.
    private static func mark(
        _ name: String, of value: JSONValue, _ part: String
    ) throws(ONNXError) -> [UInt8] {
        try field(name, of: value, part) { field in
            field.stringValue.flatMap { $0.isEmpty ? nil : Array($0.utf8) }
        }
    }
}
