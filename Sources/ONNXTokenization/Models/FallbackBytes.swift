// SPDX-License-Identifier: Apache-2.0

/// The tokens `<0xHH>` that stand for single bytes where a vocabulary lacks a character.
struct FallbackBytes: Sendable {
    /// The id of each byte's token, or -1.
    private let ids: [Int32]

    init(_ tokens: TokenTable) {
        ids = (0..<256).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return tokens.find(Array("<0x\(byte < 16 ? "0" : "")\(digits)>".utf8))
        }
    }

    /// The ids of a text's bytes, if the vocabulary has all of them.
    func ids(of bytes: some Collection<UInt8>) -> [Int32]? {
        guard bytes.allSatisfy({ ids[Int($0)] >= 0 }) else { return nil }
        return bytes.map { ids[Int($0)] }
    }
}
