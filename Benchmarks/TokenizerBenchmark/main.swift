// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTokenization

/// Answers lines of standard input, so that another program can take turns with it:
///
///     load PATH           seconds
///     encode PATH         seconds, bytes and ids, with the tokenizer loaded last; encoded line by line
///     whole PATH          the same, encoded in one call
struct TokenizerBenchmark {
    private var tokenizer: Tokenizer?

    mutating func answer(_ command: String, _ path: String) throws -> String {
        if command == "load" { return "\(try Self.seconds { tokenizer = try Tokenizer(contentsOf: path) })" }
        guard let tokenizer, command == "encode" || command == "whole" else { return "unknown" }
        let bytes = try BenchmarkText.read(path)
        let parts = command == "whole" ? [bytes] : bytes.split(separator: 0x0A).map { Array($0) }
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        var count = 0
        let time = try Self.seconds {
            for text in texts {
                count += try tokenizer.encode(text, addSpecialTokens: false, parseSpecial: true).count
            }
        }
        return "\(time) \(texts.reduce(0) { $0 + $1.utf8.count }) \(count)"
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let time = try ContinuousClock().measure(body).components
        return Double(time.seconds) + Double(time.attoseconds) * 1e-18
    }
}

var benchmark = TokenizerBenchmark()
while let line = readLine() {
    let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { break }
    do { print(try benchmark.answer(parts[0], parts[1])) } catch { print("error \(error)") }
    BenchmarkText.flush()
}
