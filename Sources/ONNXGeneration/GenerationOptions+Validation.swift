// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

extension GenerationOptions {
    /// Most stop strings, banned words and banned rows of tokens, each.
    private static let mostTexts = 1024
    /// Most alternatives per token.
    private static let mostAlternatives = 1000

    /// Checks every number against its range.
    ///
    /// - Throws: `options.range` naming the option, its value and the range.
    package func validate() throws(ONNXError) {
        try check("temperature", temperature, "from 0 to 100") { $0 >= 0 && $0 <= 100 }
        try check("topK", topK, "0 or more") { $0 >= 0 }
        try check("topP", topP, "from 0 to 1") { $0 >= 0 && $0 <= 1 }
        try check("minP", minP, "from 0 to 1") { $0 >= 0 && $0 <= 1 }
        try check("typicalP", typicalP, "above 0 and at most 1") { $0 > 0 && $0 <= 1 }
        try check("repetitionPenalty", repetitionPenalty, "above 0 and at most 100") { $0 > 0 && $0 <= 100 }
        try check("presencePenalty", presencePenalty, "from -100 to 100") { abs($0) <= 100 }
        try check("frequencyPenalty", frequencyPenalty, "from -100 to 100") { abs($0) <= 100 }
        try check("noRepeatNgramSize", noRepeatNgramSize, "0 or more") { $0 >= 0 }
        try check("maximumTokens", maximumTokens, "0 or more") { $0 >= 0 }
        try check("maximumLength", maximumLength, "0 or more") { $0 >= 0 }
        try check("minimumTokens", minimumTokens, "0 or more") { $0 >= 0 }
        try check("minimumLength", minimumLength, "0 or more") { $0 >= 0 }
        try check("beamCount", beamCount, "from 1 to 64") { (1...64).contains($0) }
        try check("beamGroupCount", beamGroupCount, "from 1 to 64") { (1...64).contains($0) }
        try check("returnedCount", returnedCount, "from 1 to 64") { (1...64).contains($0) }
        try check("lengthPenalty", lengthPenalty, "from -10 to 10") { abs($0) <= 10 }
        try check("diversityPenalty", diversityPenalty, "from 0 to 100") { $0 >= 0 && $0 <= 100 }
        let alternatives = Self.mostAlternatives
        try check("logProbabilities", logProbabilities, "from 0 to \(alternatives)") {
            $0 >= 0 && $0 <= alternatives
        }
        for (token, bias) in logitBias.sorted(by: { $0.key < $1.key }) {
            try check("the logit bias of token \(token)", bias, "finite or negative infinity") {
                $0.isFinite || $0 == -.infinity
            }
            try check("the token of a logit bias", token, "0 or more") { $0 >= 0 }
        }
        try checkTexts("stop string", stopStrings)
        try checkTexts("banned word", bannedWords)
        let rows = bannedTokens.count
        try check("the number of banned rows of tokens", rows, "at most \(Self.mostTexts)") {
            $0 <= Self.mostTexts
        }
        for row in bannedTokens {
            try check("the length of a banned row of tokens", row.count, "from 1 to 256") {
                (1...256).contains($0)
            }
        }
    }

    private func check<Value>(
        _ name: String, _ value: Value?, _ range: String, _ fits: (Value) -> Bool
    ) throws(ONNXError) {
        guard let value, !fits(value) else { return }
        throw ONNXError("options.range", "\(name) is \(value); it has to be \(range).")
    }

    private func checkTexts(_ name: String, _ texts: [String]) throws(ONNXError) {
        try check("the number of \(name)s", texts.count, "at most \(Self.mostTexts)") {
            $0 <= Self.mostTexts
        }
        for text in texts {
            try check("the length in bytes of a \(name)", text.utf8.count, "from 1 to 256") {
                (1...256).contains($0)
            }
        }
    }
}
