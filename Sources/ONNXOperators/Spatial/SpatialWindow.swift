// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// The attributes by which convolutions and pools walk over spatial dimensions.
struct SpatialWindow: Sendable {
    private enum Padding: Sendable { case explicit, sameUpper, sameLower, valid }

    private let kernel: [Int]?
    private let strides: [Int]?
    private let dilations: [Int]?
    private let pads: [Int]?
    private let padding: Padding
    private let roundsUp: Bool

    /// Greatest number that an attribute may hold, so that sums and products of two stay in range.
    private static let limit = 1 << 30

    /// - Throws: `attr.value`.
    /// - Parameter canRoundUp: whether the operator has the attribute ceil_mode.
    init(_ node: OperatorNode, canRoundUp: Bool = false) throws(ONNXError) {
        kernel = try node.ints("kernel_shape")
        strides = try node.ints("strides")
        dilations = try node.ints("dilations")
        pads = try node.ints("pads")
        roundsUp = canRoundUp ? try node.flag("ceil_mode") : false
        switch try node.string("auto_pad", default: "NOTSET") {
        case "NOTSET": padding = .explicit
        case "SAME_UPPER": padding = .sameUpper
        case "SAME_LOWER": padding = .sameLower
        case "VALID": padding = .valid
        case let other: throw ONNXError("attr.value", "auto_pad is \(other), which is not known.")
        }
        for list in [kernel, strides, dilations] {
            guard (list ?? []).allSatisfy({ $0 > 0 && $0 <= Self.limit }) else {
                throw ONNXError("attr.value", "A kernel, stride or dilation is not positive: \(list ?? []).")
            }
        }
        guard (pads ?? []).allSatisfy({ $0 >= 0 && $0 <= Self.limit }) else {
            throw ONNXError("attr.value", "pads are \(pads ?? []); none may be negative.")
        }
    }

    /// The walk over an input of these spatial dimensions.
    ///
    /// - Parameter weights: the kernel's dimensions where there are weights; they must agree with kernel_shape.
    /// - Throws: `op.shape` where the numbers of dimensions differ or the window does not fit.
    func walk(_ input: [Int], weights: [Int]? = nil) throws(ONNXError) -> SpatialWalk {
        let rank = input.count
        let kernel = self.kernel ?? weights ?? []
        guard rank > 0, kernel.count == rank, weights.map({ $0 == kernel }) ?? true,
            (strides?.count ?? rank) == rank, (dilations?.count ?? rank) == rank,
            (pads?.count ?? 2 * rank) == 2 * rank, kernel.allSatisfy({ $0 > 0 && $0 <= Self.limit }),
            input.allSatisfy({ $0 <= Self.limit })
        else {
            throw ONNXError(
                "op.shape",
                "A window of \(kernel) with strides \(strides ?? []) and pads \(pads ?? []) does not suit \(input)."
            )
        }
        var walk = SpatialWalk(
            input: input, kernel: kernel, strides: strides ?? Array(repeating: 1, count: rank),
            dilations: dilations ?? Array(repeating: 1, count: rank),
            padBegin: Array(repeating: 0, count: rank), padEnd: Array(repeating: 0, count: rank), output: [])
        for axis in 0..<rank {
            let (reach, overflows) = (kernel[axis] - 1).multipliedReportingOverflow(by: walk.dilations[axis])
            guard !overflows else { throw ONNXError("op.range", "A window reaches too far.") }
            let stride = walk.strides[axis]
            switch padding {
            case .explicit:
                walk.padBegin[axis] = pads?[axis] ?? 0
                walk.padEnd[axis] = pads?[rank + axis] ?? 0
            case .valid: break
            case .sameUpper, .sameLower:
                let count = (input[axis] + stride - 1) / stride
                let missing = max(0, (count - 1) * stride + reach + 1 - input[axis])
                walk.padBegin[axis] = padding == .sameUpper ? missing / 2 : missing - missing / 2
                walk.padEnd[axis] = missing - walk.padBegin[axis]
            }
            let room = input[axis] + walk.padBegin[axis] + walk.padEnd[axis] - reach - 1
            guard room >= 0 else {
                throw ONNXError(
                    "op.shape",
                    "A window that reaches over \(reach + 1) does not fit axis \(axis) of \(input).")
            }
            var count = (roundsUp ? (room + stride - 1) / stride : room / stride) + 1
            // A window that would begin behind the input and the padding before it is left out.
            if roundsUp, (count - 1) * stride >= input[axis] + walk.padBegin[axis] { count -= 1 }
            walk.output.append(count)
        }
        return walk
    }
}
