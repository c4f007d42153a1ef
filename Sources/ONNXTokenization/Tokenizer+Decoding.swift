// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors

extension Tokenizer {
    /// Decodes ids to text. Bytes that are not UTF-8 become U+FFFD, as in Rust and on the web.
    ///
    ///     let tokenizer = try Tokenizer(folder: "models/smollm2-135m-instruct")
    ///     let ids = try tokenizer.encode("the capital")
    ///     print(try tokenizer.decode(ids))  // the capital
    ///
    /// - Parameter skipSpecial: whether special tokens are left out.
    /// - Throws: `tokenizer.bad_id` for an id outside `0..<idBound`. Ids in gaps of the vocabulary are passed over.
    /// - Complexity: O(n) in the length of the text.
    public func decode(_ ids: [Int], skipSpecial: Bool = true) throws(ONNXError) -> String {
        var machine = DecoderMachine(decoderSteps)
        var text: [UInt8] = []
        for id in ids {
            guard let token = try decodable(id, skipSpecial: skipSpecial) else { continue }
            text.append(contentsOf: machine.feed(token))
        }
        text.append(contentsOf: machine.finish())
        return String(decoding: text, as: UTF8.self)
    }

    /// A decoder for ids that come one at a time.
    ///
    ///     let tokenizer = try Tokenizer(folder: "models/smollm2-135m-instruct")
    ///     var decoder = tokenizer.makeStreamingDecoder()
    ///     let texts = try tokenizer.encode("naïve").map { try decoder.append($0) }
    ///     print(texts.joined() + decoder.flush())  // naïve
    public func makeStreamingDecoder(skipSpecial: Bool = true) -> StreamingDecoder {
        StreamingDecoder(tokenizer: self, skipsSpecial: skipSpecial)
    }

    /// The bytes that go into the decoder for an id, or nil where it has none to show.
    func decodable(_ id: Int, skipSpecial: Bool) throws(ONNXError) -> UnsafeBufferPointer<UInt8>? {
        guard id >= 0, id < idBound else {
            throw ONNXError("tokenizer.bad_id", "the id \(id) lies outside the vocabulary 0..<\(idBound)")
        }
        if let token = added.decoded[id] { return skipSpecial && token.isSpecial ? nil : token.bytes }
        return model.tokens.bytes(of: id)
    }
}
