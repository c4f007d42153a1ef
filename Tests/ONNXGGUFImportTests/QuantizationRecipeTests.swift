// SPDX-License-Identifier: Apache-2.0
import ONNXExport
import ONNXGGUFImport
import Testing

@Suite struct QuantizationRecipeTests {
    private static let roles: [MatrixRole] = (0..<4).flatMap {
        [
            MatrixRole.queryKeyValue(layer: $0), .attentionOutput(layer: $0), .gate(layer: $0),
            .up(layer: $0), .down(layer: $0),
        ]
    }

    /// What Q4_0 blocks, and Q8_0 ones in the last product, are copied into without a change.
    @Test func symmetricHasTheFormatsOfQ40() {
        let recipe = QuantizationRecipe.symmetric
        for role in Self.roles {
            #expect(
                recipe.format(role, layerCount: 4)
                    == MatrixFormat(bits: 4, hasZeroPoints: false, accuracyLevel: 1))
        }
        #expect(
            recipe.format(.head, layerCount: 4)
                == MatrixFormat(bits: 8, hasZeroPoints: false, accuracyLevel: 1))
    }

    @Test func preciseHasEightBitsEverywhere() {
        for role in Self.roles + [.head] {
            #expect(QuantizationRecipe.precise.format(role, layerCount: 4).bits == 8)
        }
    }
}
