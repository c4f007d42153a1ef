// SPDX-License-Identifier: Apache-2.0

/// The steps that change a text before it is cut into words.
struct Normalizer: Sendable {
    enum Step: Sendable {
        case composed
        case prepend([UInt8])
        case replace([UInt8], with: [UInt8])
    }

    var steps: [Step] = []

    /// Normalises one stretch of text on its own, with whether each byte is trusted where `trust` is not nil.
    func apply(_ bytes: [UInt8], trust: [Bool]?) -> (bytes: [UInt8], trust: [Bool]?) {
        var bytes = bytes
        var trust = trust
        for step in steps {
            switch step {
            case .composed: Self.compose(&bytes, &trust)
            case .prepend(let prefix):
                guard let first = bytes.first, !prefix.isEmpty else { continue }
                _ = first
                bytes.insert(contentsOf: prefix, at: 0)
                let isTrusted = trust?.first ?? true
                trust?.insert(contentsOf: repeatElement(isTrusted, count: prefix.count), at: 0)
            case .replace(let pattern, let content): Self.replace(pattern, content, &bytes, &trust)
            }
        }
        return (bytes, trust)
    }

    private static func compose(_ bytes: inout [UInt8], _ trust: inout [Bool]?) {
        var text: [UInt8] = []
        var textTrust: [Bool] = []
        let isPlain = bytes.withUnsafeBufferPointer { buffer in
            if CanonicalComposition.isPlain(buffer) { return true }
            text.reserveCapacity(buffer.count)
            if let trust {
                trust.withUnsafeBufferPointer {
                    CanonicalComposition.normalize(buffer, trust: $0.baseAddress, into: &text, &textTrust)
                }
            } else {
                CanonicalComposition.normalize(buffer, trust: nil, into: &text, &textTrust)
            }
            return false
        }
        guard !isPlain else { return }
        bytes = text
        if trust != nil { trust = textTrust }
    }

    private static func replace(
        _ pattern: [UInt8], _ content: [UInt8], _ bytes: inout [UInt8], _ trust: inout [Bool]?
    ) {
        guard let first = pattern.first, bytes.contains(first) else { return }
        var text: [UInt8] = []
        var textTrust: [Bool] = []
        text.reserveCapacity(bytes.count)
        var cursor = 0
        while cursor < bytes.count {
            let end = cursor + pattern.count
            if bytes[cursor] == first, end <= bytes.count, bytes[cursor..<end].elementsEqual(pattern) {
                text.append(contentsOf: content)
                if let trust {
                    let isTrusted = trust[cursor..<end].allSatisfy { $0 }
                    textTrust.append(contentsOf: repeatElement(isTrusted, count: content.count))
                }
                cursor = end
            } else {
                text.append(bytes[cursor])
                if let trust { textTrust.append(trust[cursor]) }
                cursor += 1
            }
        }
        bytes = text
        if trust != nil { trust = textTrust }
    }
}
