// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXTensors

/// What a loss makes of the numbers of all positions.
package enum LossReduction: String, Sendable { case none, mean, sum }

extension TypedKernels {
    /// `−weights[target] · logits[…, target, …]` at each position of `[batch, classes, …]`, or their sum or weighted mean;
    /// float32 or float64.
    ///
    /// - Parameters:
    ///   - targets: a class for each position, in row-major order; `ignored` among them counts nothing.
    ///   - weights: one for each class; nil: 1.
    /// - Throws: `op.index` for a class that does not exist.
    package static func negativeLogLikelihood(
        _ logits: Tensor, targets: [Int], weights: Tensor?, ignored: Int?, reduction: LossReduction,
        into output: Tensor
    ) throws(ONNXError) {
        let work = LikelihoodWork(
            logits: logits, targets: targets, weights: weights, ignored: ignored, reduction: reduction,
            output: output)
        try dispatchFloat(logits.elementType, work, in: "NegativeLogLikelihoodLoss")
        withExtendedLifetime((logits, weights, output)) {}
    }
}

private struct LikelihoodWork: FloatWork {
    let logits: Tensor
    let targets: [Int]
    let weights: Tensor?
    let ignored: Int?
    let reduction: LossReduction
    let output: Tensor

    func callAsFunction<Element: FloatElement>(_ type: Element.Type) throws(ONNXError) {
        let from = logits.pointer(to: type)
        let factors = weights?.pointer(to: type)
        let to = output.mutablePointer(to: type)
        let classes = logits.shape[1]
        let inner = logits.shape.product(2..<logits.shape.rank)
        var (sum, weight): (Element, Element) = (0, 0)
        for (index, target) in targets.enumerated() {
            var loss: Element = 0
            if target != ignored {
                guard target >= 0, target < classes else {
                    throw ONNXError(
                        "op.index", "Target \(index) is class \(target); there are \(classes) classes.")
                }
                let factor = factors?[target] ?? 1
                loss = -from[(index / inner * classes + target) * inner + index % inner] * factor
                weight += factor
            }
            if reduction == .none { to[index] = loss } else { sum += loss }
        }
        switch reduction {
        case .none: break
        case .sum: to[0] = sum
        case .mean: to[0] = sum / weight
        }
    }
}
