// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors

/// Turns ids into text as they come, and never shows part of a character.
///
/// The texts that `append` returns and the one of `flush` join to what ``Tokenizer/decode(_:skipSpecial:)`` gives for
/// the same ids.
///
///     let tokenizer = try Tokenizer(folder: "models/smollm2-135m-instruct")
///     var decoder = tokenizer.makeStreamingDecoder(skipSpecial: false)
///     for id in try tokenizer.encode("in the end") { print(try decoder.append(id), terminator: "") }
///     print(decoder.flush())
public struct StreamingDecoder: Sendable {
    private let tokenizer: Tokenizer
    private let skipsSpecial: Bool
    private var machine: DecoderMachine

    init(tokenizer: Tokenizer, skipsSpecial: Bool) {
        self.tokenizer = tokenizer
        self.skipsSpecial = skipsSpecial
        machine = DecoderMachine(tokenizer.decoderSteps)
    }

    /// Takes one id and gives the text that is certain now; empty while a character is incomplete.
    ///
    ///     let tokenizer = try Tokenizer(folder: "models/smollm2-135m-instruct")
    ///     var decoder = tokenizer.makeStreamingDecoder()
    ///     print(try decoder.append(tokenizer.tokenID(of: "an") ?? 0))  // an
    ///
    /// - Throws: `tokenizer.bad_id` for an id outside the vocabulary; the decoder stays usable.
    public mutating func append(_ id: Int) throws(ONNXError) -> String {
        guard let token = try tokenizer.decodable(id, skipSpecial: skipsSpecial) else { return "" }
        return String(decoding: machine.feed(token), as: UTF8.self)
    }

    /// Ends the text: gives what was held back, with U+FFFD for an incomplete character, and starts anew.
    ///
    ///     let tokenizer = try Tokenizer(folder: "models/smollm2-135m-instruct")
    ///     var decoder = tokenizer.makeStreamingDecoder()
    ///     for byte in ["Ã", "ł"].compactMap(tokenizer.tokenID(of:)) {
    ///         _ = try decoder.append(byte)
    ///     }
    ///     print(decoder.flush().isEmpty)
    public mutating func flush() -> String {
        defer { machine = DecoderMachine(tokenizer.decoderSteps) }
        return String(decoding: machine.finish(), as: UTF8.self)
    }
}
