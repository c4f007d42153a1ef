// SPDX-License-Identifier: Apache-2.0

/// The generation of the model builder's graphs to follow.
public enum BuilderGeneration: String, Sendable, CaseIterable {
    /// Operator set 14, IR 7: creation order, flat scales, `(B, 1)` sequence lengths, float32 embeddings.
    case v07 = "0.7"
    /// Operator set 22, IR 10: sorted nodes, shared quantised embeddings.
    case v018 = "0.18"
}

/// How many bits a matrix gets, in blocks of 32 inputs that share a scale.
package struct MatrixFormat: Sendable, Hashable {
    /// 4 or 8.
    package var bits: Int
    /// Whether each block has a zero point of its own; otherwise it is the middle of the range.
    package var hasZeroPoints: Bool
    /// What MatMulNBits may do with its activations: 1 keeps them float32, 4 lets them be quantised to int8.
    package var accuracyLevel: Int

    package init(bits: Int, hasZeroPoints: Bool, accuracyLevel: Int = 4) {
        self.bits = bits
        self.hasZeroPoints = hasZeroPoints
        self.accuracyLevel = accuracyLevel
    }

    package static let blockSize = 32
}

/// The matrices of a decoder that products use.
package enum MatrixRole: Sendable, Hashable {
    case queryKeyValue(layer: Int)
    case attentionOutput(layer: Int)
    case gate(layer: Int)
    case up(layer: Int)
    case down(layer: Int)
    case head
}

/// The vectors of a decoder.
package enum VectorRole: Sendable, Hashable {
    case inputNorm(layer: Int)
    case postAttentionNorm(layer: Int)
    case finalNorm
    case queryKeyValueBias(layer: Int)
}

/// The rotary embedding of a decoder.
package struct RotaryConfiguration: Sendable {
    /// Divisors of the frequencies beyond a context length, as the Phi-3 family has them.
    package struct Long: Sendable {
        package var shortFactors: [Double]
        package var longFactors: [Double]
        package var originalContextLength: Int

        package init(shortFactors: [Double], longFactors: [Double], originalContextLength: Int) {
            self.shortFactors = shortFactors
            self.longFactors = longFactors
            self.originalContextLength = originalContextLength
        }
    }

    package var base: Double
    /// Leading elements of each head that are rotated.
    package var dimension: Int
    /// A divisor for each of the `dimension / 2` frequencies; empty for ones.
    package var divisors: [Double]
    package var long: Long?

    package init(base: Double, dimension: Int, divisors: [Double] = [], long: Long? = nil) {
        self.base = base
        self.dimension = dimension
        self.divisors = divisors
        self.long = long
    }
}

/// Everything that determines the graph of a Llama-like decoder.
package struct DecoderConfiguration: Sendable {
    /// The `type` in `genai_config.json`: `llama`, `qwen2`, `phi3`.
    package var modelType: String
    /// The name in `config.json`: `LlamaForCausalLM` …
    package var architecture: String
    package var hiddenSize: Int
    package var intermediateSize: Int
    package var layerCount: Int
    package var headCount: Int
    package var keyValueHeadCount: Int
    package var headSize: Int
    package var vocabularySize: Int
    package var normEpsilon: Float
    package var rotary: RotaryConfiguration
    package var contextLength: Int
    /// Whether the embedding table and the last product share one matrix.
    package var tiesEmbeddings: Bool
    package var hasQueryKeyValueBias: Bool
    package var beginToken: Int?
    package var endTokens: [Int]
    package var paddingToken: Int?

    package init(
        modelType: String, architecture: String, hiddenSize: Int, intermediateSize: Int, layerCount: Int,
        headCount: Int, keyValueHeadCount: Int, headSize: Int, vocabularySize: Int, normEpsilon: Float,
        rotary: RotaryConfiguration, contextLength: Int, tiesEmbeddings: Bool,
        hasQueryKeyValueBias: Bool = false, beginToken: Int? = nil,
        endTokens: [Int] = [], paddingToken: Int? = nil
    ) {
        self.modelType = modelType
        self.architecture = architecture
        self.hiddenSize = hiddenSize
        self.intermediateSize = intermediateSize
        self.layerCount = layerCount
        self.headCount = headCount
        self.keyValueHeadCount = keyValueHeadCount
        self.headSize = headSize
        self.vocabularySize = vocabularySize
        self.normEpsilon = normEpsilon
        self.rotary = rotary
        self.contextLength = contextLength
        self.tiesEmbeddings = tiesEmbeddings
        self.hasQueryKeyValueBias = hasQueryKeyValueBias
        self.beginToken = beginToken
        self.endTokens = endTokens
        self.paddingToken = paddingToken
    }

    /// Outputs and inputs of a matrix.
    package func size(of role: MatrixRole) -> (rows: Int, columns: Int) {
        switch role {
        case .queryKeyValue: ((headCount + 2 * keyValueHeadCount) * headSize, hiddenSize)
        case .attentionOutput: (hiddenSize, headCount * headSize)
        case .gate, .up: (intermediateSize, hiddenSize)
        case .down: (hiddenSize, intermediateSize)
        case .head: (vocabularySize, hiddenSize)
        }
    }

    /// The length of a vector.
    package func size(of role: VectorRole) -> Int {
        switch role {
        case .inputNorm, .postAttentionNorm, .finalNorm: hiddenSize
        case .queryKeyValueBias: (headCount + 2 * keyValueHeadCount) * headSize
        }
    }
}
