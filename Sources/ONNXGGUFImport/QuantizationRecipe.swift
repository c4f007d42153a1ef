// SPDX-License-Identifier: Apache-2.0
package import ONNXExport

/// How an imported model's matrices are stored.
public struct QuantizationRecipe: Sendable, Hashable {
    /// How 4-bit blocks get their scale and zero point.
    package enum Method: Sendable, Hashable {
        /// The signed element of largest size sets the scale; no zero points.
        case symmetric
        /// The range of each block sets scale and zero point.
        case minMax
        /// Scale and zero point of least weighted squared error.
        case search
    }

    /// The layers in which a kind of matrix gets 8 bits instead of 4.
    package enum Layers: Sendable, Hashable {
        case none
        /// The first and last eighth, and every third between them.
        case sensitive
        case all

        func contains(_ layer: Int, of count: Int) -> Bool {
            switch self {
            case .none: return false
            case .all: return true
            case .sensitive:
                return 8 * layer < count || 8 * layer >= 7 * count || (layer - (count + 4) / 8) % 3 == 2
            }
        }
    }

    package var method: Method
    package var queryKeyValue: Layers
    package var attentionOutput: Layers
    package var gateAndUp: Layers
    package var down: Layers
    /// Bits of the last product, which a tied embedding shares.
    package var headBits: Int
    /// The accuracy level of every product: 1 computes with float32 activations and gives the same answers in every
    /// engine; 4 lets activations be quantised to int8, which is about three times as fast and less exact.
    public var accuracyLevel = 1

    package init(
        method: Method = .search, queryKeyValue: Layers, attentionOutput: Layers, gateAndUp: Layers,
        down: Layers, headBits: Int = 8
    ) {
        self.method = method
        self.queryKeyValue = queryKeyValue
        self.attentionOutput = attentionOutput
        self.gateAndUp = gateAndUp
        self.down = down
        self.headBits = headBits
    }

    /// 4 bits for most matrices, 8 for the last product and those that harm the answers most.
    public static let balanced = QuantizationRecipe(
        queryKeyValue: .all, attentionOutput: .none, gateAndUp: .none, down: .all)

    /// 4 bits for every matrix but the last product.
    public static let small = QuantizationRecipe(
        queryKeyValue: .none, attentionOutput: .none, gateAndUp: .none, down: .none)

    /// 4 bits without zero points for every matrix but the last product, so that blocks of Q4_0 (and of Q8_0 in the
    /// last product) keep their very bits. Models quantised otherwise lose more than with ``small``.
    public static let symmetric = QuantizationRecipe(
        method: .symmetric, queryKeyValue: .none, attentionOutput: .none, gateAndUp: .none, down: .none)

    /// 8 bits for every matrix.
    public static let precise = QuantizationRecipe(
        queryKeyValue: .all, attentionOutput: .all, gateAndUp: .all, down: .all)

    /// The format of a matrix in a model of `layerCount` layers.
    package func format(_ role: MatrixRole, layerCount: Int) -> MatrixFormat {
        func bits(_ layers: Layers, _ layer: Int) -> Int { layers.contains(layer, of: layerCount) ? 8 : 4 }
        let bits: Int =
            switch role {
            case .head: headBits
            case .queryKeyValue(let layer): bits(queryKeyValue, layer)
            case .attentionOutput(let layer): bits(attentionOutput, layer)
            case .gate(let layer), .up(let layer): bits(gateAndUp, layer)
            case .down(let layer): bits(down, layer)
            }
        return MatrixFormat(
            bits: bits, hasZeroPoints: bits == 4 && method != .symmetric, accuracyLevel: accuracyLevel)
    }
}
