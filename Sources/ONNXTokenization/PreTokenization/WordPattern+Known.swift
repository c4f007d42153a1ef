// SPDX-License-Identifier: Apache-2.0

extension WordPattern {
    /// The pattern that a regular expression of a `tokenizer.json` stands for, where it is one of the known ones.
    static func known(_ source: String) -> WordPattern? { table[source] }

    private static let table: [String: WordPattern] = {
        var table: [String: WordPattern] = [:]
        table["'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"] = .gpt2
        table["'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"] = .gpt2
        table["'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s"] =
            .gpt2

        for (digits, limit) in [("\\p{N}{1,3}", 3), ("\\p{N}", 1), ("\\p{N}+", 0)] {
            for (letters, words) in [("\\p{L}+", Words.prefixed), ("[\\p{L}\\p{M}]+", .prefixedWithMarks)] {
                for outside in ["\\p{L}\\p{N}", "\\p{L}\\p{M}\\p{N}"]
                where words != .prefixed || outside.count == 10 {
                    let source =
                        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?" + letters + "|" + digits
                        + "| ?[^\\s" + outside + "]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
                    guard table[source] == nil else { continue }
                    var pattern = cl100k
                    pattern.words = words
                    pattern.digitLimit = limit
                    table[source] = pattern
                }
            }
        }
        // The reference's engine reads `{1,3}+` as a repeated group instead of a possessive one: no limit.
        var original = cl100k
        original.digitLimit = 0
        original.spaces = .newlinesInside
        table[
            "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+"
                + "|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s"] = original
        table[
            "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*"
                + "|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+"] = .cl100k

        for (digits, limit) in [("\\p{N}{1,3}", 3), ("\\p{N}", 1)] {
            for (ending, contractions) in [
                ("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", Contractions.anyCaseAfterWords), ("", .none),
            ] {
                for (tail, slashes) in [("[\\r\\n/]*", true), ("[\\r\\n]*", false)] {
                    let source =
                        "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                        + ending
                        + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+"
                        + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*" + ending + "|" + digits
                        + "| ?[^\\s\\p{L}\\p{N}]+" + tail + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
                    var pattern = o200k
                    pattern.digitLimit = limit
                    pattern.contractions = contractions
                    pattern.punctuationTakesSlashes = slashes
                    table[source] = pattern
                }
            }
        }
        return table
    }()

    /// The regular expressions that are known, for tests.
    package static var knownSources: [String] { table.keys.sorted() }
}
