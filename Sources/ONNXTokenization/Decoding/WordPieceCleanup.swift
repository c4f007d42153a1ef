// SPDX-License-Identifier: Apache-2.0

/// Takes the spaces out that English punctuation and endings do not have before them.
enum WordPieceCleanup {
    private static let replacements: [(from: [UInt8], to: [UInt8])] = [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ].map { (Array($0.utf8), Array($1.utf8)) }

    static func apply(to text: [UInt8]) -> [UInt8] {
        guard text.contains(0x20) else { return text }
        return replacements.reduce(text) { ByteSearch.replacing($1.from, with: $1.to, in: $0) }
    }
}
