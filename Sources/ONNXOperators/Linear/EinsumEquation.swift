// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// The equation of an ``Einsum``, parsed.
struct EinsumEquation: Sendable {
    /// The labels of a term before and after its ellipsis; nil where it has none.
    struct Term: Sendable {
        var before: [UInt8] = []
        var after: [UInt8]?
    }

    /// Lengths by label, those of the output first, and strides by operand and label.
    struct Sizes {
        var lengths: [Int]
        var outputRank: Int
        var strides: [[Int]]
    }

    let operands: [Term]
    private let output: Term?
    private let text: String

    /// - Throws: `op.attr` for anything but letters, commas, one arrow and one ellipsis a term.
    init(_ text: String) throws(ONNXError) {
        self.text = text
        var bytes = Array(text.utf8.filter { $0 != UInt8(ascii: " ") })
        var right: [UInt8]?
        let arrow = Array("->".utf8)
        if let position = bytes.indices.dropLast().first(where: { Array(bytes[$0...$0 + 1]) == arrow }) {
            right = Array(bytes[(position + 2)...])
            bytes = Array(bytes[..<position])
        }
        var terms: [Term] = []
        for term in bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            terms.append(try Self.term(Array(term), text))
        }
        operands = terms
        output = if let right { try Self.term(right, text) } else { nil }
        if let output {
            let labels = output.before + (output.after ?? [])
            let known = Set(terms.flatMap { $0.before + ($0.after ?? []) })
            guard Set(labels).count == labels.count, labels.allSatisfy(known.contains) else {
                throw ONNXError(
                    "op.attr", "The equation \"\(text)\" has a label in its result twice or from nowhere.")
            }
        }
    }

    private static func term(_ bytes: [UInt8], _ text: String) throws(ONNXError) -> Term {
        var term = Term()
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "."), term.after == nil, index + 2 < bytes.count,
                bytes[index + 1] == byte, bytes[index + 2] == byte
            {
                term.after = []
                index += 3
                continue
            }
            let letter = byte | 0x20
            guard letter >= UInt8(ascii: "a"), letter <= UInt8(ascii: "z") else {
                throw ONNXError("op.attr", "The equation \"\(text)\" is malformed.")
            }
            if term.after == nil { term.before.append(byte) } else { term.after?.append(byte) }
            index += 1
        }
        return term
    }

    /// The lengths of all labels for operands of these shapes.
    ///
    /// - Throws: `op.shape` where the shapes do not suit the equation or each other.
    func resolve(_ shapes: [Shape]) throws(ONNXError) -> Sizes {
        let broadcastRank = try zip(operands, shapes).map(free).max() ?? 0
        // Labels are letters, or 256 + n for the nth dimension of the ellipsis.
        var terms: [[Int]] = []
        for (term, shape) in zip(operands, shapes) {
            terms.append(labels(term, free: try free((term, shape)), of: broadcastRank))
        }
        let result =
            output.map { labels($0, free: $0.after == nil ? 0 : broadcastRank, of: broadcastRank) }
            ?? implicitOutput(terms, broadcastRank)
        var order = result
        for label in terms.joined() where !order.contains(label) { order.append(label) }
        var lengths = [Int](repeating: 1, count: order.count)
        var strides: [[Int]] = []
        for (term, shape) in zip(terms, shapes) {
            for (axis, label) in term.enumerated() where shape[axis] != 1 {
                let slot = order.firstIndex(of: label) ?? 0
                guard lengths[slot] == 1 || lengths[slot] == shape[axis] else {
                    throw ONNXError("op.shape", "Shapes \(shapes) do not suit the equation \"\(text)\".")
                }
                lengths[slot] = shape[axis]
            }
        }
        for (term, shape) in zip(terms, shapes) {
            var steps = [Int](repeating: 0, count: order.count)
            for (axis, label) in term.enumerated() where shape[axis] != 1 {
                steps[order.firstIndex(of: label) ?? 0] += shape.strides[axis]
            }
            strides.append(steps)
        }
        // The walk over all labels must be countable.
        _ = try Shape(lengths)
        return Sizes(lengths: lengths, outputRank: result.count, strides: strides)
    }

    /// Dimensions that a term's ellipsis stands for.
    private func free(_ pair: (Term, Shape)) throws(ONNXError) -> Int {
        let (term, shape) = pair
        let named = term.before.count + (term.after?.count ?? 0)
        let rest = shape.rank - named
        guard term.after == nil ? rest == 0 : rest >= 0 else {
            throw ONNXError("op.shape", "A term of \"\(text)\" does not suit an operand of shape \(shape).")
        }
        return rest
    }

    private func labels(_ term: Term, free: Int, of rank: Int) -> [Int] {
        term.before.map(Int.init) + (rank - free..<rank).map { 256 + $0 } + (term.after ?? []).map(Int.init)
    }

    /// Without an arrow: the ellipsis, then the labels that occur once, in alphabetical order.
    private func implicitOutput(_ terms: [[Int]], _ rank: Int) -> [Int] {
        let all = Array(terms.joined())
        let once = Set(all).filter { label in label < 256 && all.count { $0 == label } == 1 }
        return (0..<rank).map { 256 + $0 } + once.sorted()
    }
}
