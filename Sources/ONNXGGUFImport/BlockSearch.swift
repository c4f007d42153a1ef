// SPDX-License-Identifier: Apache-2.0
import ONNXExport

/// Looks for the scale and integer zero point of a 4-bit block with the least weighted squared error.
///
/// Each candidate rounds the elements, then fits the scale to the rounded levels by least squares.
enum BlockSearch {
    typealias Lanes = SIMD4<Float>
    static let laneCount = MatrixFormat.blockSize / 4

    /// - Parameters:
    ///   - values: the block's elements.
    ///   - weights: what a squared error of each element counts.
    ///   - start: the choice to search around.
    static func choose(
        _ values: UnsafePointer<Lanes>, weights: UnsafePointer<Lanes>, start: BlockQuantizer.Choice
    ) -> BlockQuantizer.Choice {
        guard start.scale > 0, (1 / start.scale).isFinite else { return start }
        var best = start
        var bestGain = -Float.infinity
        for zeroPoint in max(0, start.zeroPoint - 1)...min(15, start.zeroPoint + 1) {
            for step in -6...4 {
                let candidate = start.scale * (1 + Float(step) * 0.035)
                let (scale, gain) = fit(values, weights, scale: candidate, zeroPoint: Float(zeroPoint))
                if gain > bestGain, scale.isFinite, scale != 0 {
                    bestGain = gain
                    best = BlockQuantizer.Choice(scale: scale, zeroPoint: zeroPoint)
                }
            }
        }
        return best
    }

    /// The least-squares scale for the levels that `scale` rounds to, and by how much those levels lessen the
    /// weighted sum of squares.
    @inline(__always)
    private static func fit(
        _ values: UnsafePointer<Lanes>, _ weights: UnsafePointer<Lanes>, scale: Float, zeroPoint: Float
    ) -> (scale: Float, gain: Float) {
        // Adding and subtracting 1.5·2²³ rounds to the nearest integer.
        let magic = Lanes(repeating: 12_582_912)
        let inverse = Lanes(repeating: 1 / scale)
        let least = Lanes(repeating: -zeroPoint)
        let greatest = Lanes(repeating: 15 - zeroPoint)
        var valueLevel = Lanes.zero
        var levelLevel = Lanes.zero
        for part in 0..<laneCount {
            let value = values[part]
            var level = (value * inverse + magic) - magic
            level.replace(with: least, where: level .< least)
            level.replace(with: greatest, where: level .> greatest)
            let weighted = weights[part] * level
            valueLevel += weighted * value
            levelLevel += weighted * level
        }
        let denominator = levelLevel.sum()
        guard denominator > 0 else { return (scale, -.infinity) }
        let numerator = valueLevel.sum()
        return (numerator / denominator, numerator * (numerator / denominator))
    }
}
