// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

extension TokenizerLoader {
    /// Reads the vocabulary of a Unigram model: a list of spellings with scores.
    mutating func readPieces(_ reader: inout JSONReader) throws(ONNXError) {
        let table = TokenTable(expectedCount: 64_000, expectedBytes: 512 << 10)
        scores = []
        try reader.beginArray()
        while try reader.nextElement() {
            let id = scores.count
            var parts = 0
            try reader.beginArray()
            while try reader.nextElement() {
                switch parts {
                case 0:
                    let bytes = try reader.readStringBytes()
                    try Self.check(pieceBytes: bytes.count, id, limits)
                    try Self.append(bytes, id: id, to: table, limits: limits)
                case 1: scores.append(Self.score(try reader.readNumber()))
                default: try reader.skipValue()
                }
                parts += 1
            }
            guard parts == 2 else {
                throw ONNXError(
                    "tokenizer.invalid", "piece \(id) of the vocabulary has \(parts) parts instead of 2")
            }
        }
        try Self.index(table)
        tokens = table
    }

    /// Pieces are looked for from each place of a text, so their length is what a text costs at worst.
    static func check(pieceBytes: Int, _ id: Int, _ limits: TokenizerLimits) throws(ONNXError) {
        guard pieceBytes <= limits.unigramPieceBytes, id < limits.idBound else {
            throw ONNXError(
                "tokenizer.too_large",
                "piece \(id) has \(pieceBytes) bytes; at most \(limits.unigramPieceBytes) bytes and \(limits.idBound) "
                    + "pieces are allowed")
        }
    }

    /// A number as the reference's JSON reader takes it: its digits as an integer, then one division by a power of ten.
    ///
    /// Where the digits need more than 53 bits this differs from the nearest double in the last bit, and ties between
    /// ways through a word would break elsewhere.
    static func score(_ number: JSONNumber) -> Double {
        guard case .real(let value, let literal) = number else { return number.doubleValue }
        var digits: UInt64 = 0
        var exponent = 0
        var isFraction = false
        for (index, unit) in literal.utf8.enumerated() {
            switch unit {
            case 0x2D where index == 0: continue
            case 0x2E: isFraction = true
            case 0x30...0x39:
                let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
                let (sum, more) = product.addingReportingOverflow(UInt64(unit - 0x30))
                guard !overflow, !more else { return value }
                digits = sum
                if isFraction { exponent -= 1 }
            default: return value
            }
        }
        guard exponent < 0, exponent >= -308, let power = Double("1e\(-exponent)") else { return value }
        let result = Double(digits) / power
        return literal.hasPrefix("-") ? -result : result
    }
}
