// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXOperators
import ONNXTensors

/// Values of a plan that grow evenly with the number of cached rows, for a range of lengths: known at both ends, they are
/// written between them without running a step, in memory that stays.
///
/// See ``PlanGrowth/isEven`` for why the ends tell all between them.
struct EvenValues {
    /// One element of a value: `first + step · (length − the first length)`.
    private struct Element {
        let first: Int
        let step: Int
    }

    let lengths: ClosedRange<Int>
    /// The values of the length that was written last.
    let tensors: [Tensor]
    private let elements: [[Element]]

    /// Nil where the values are no integers of one shape that lie on lines, or too large to be sure that none wrapped.
    init?(_ lengths: ClosedRange<Int>, first: [Tensor], last: [Tensor]) throws(ONNXError) {
        guard lengths.count > 1, first.count == last.count else { return nil }
        let distance = lengths.upperBound - lengths.lowerBound
        var elements: [[Element]] = []
        var tensors: [Tensor] = []
        for (start, end) in zip(first, last) {
            guard start.elementType == .int32 || start.elementType == .int64,
                start.elementType == end.elementType, start.shape == end.shape
            else { return nil }
            var lines: [Element] = []
            for (a, b) in zip(try start.integers(), try end.integers()) {
                guard abs(a) <= Self.largest, abs(b) <= Self.largest, (b - a) % distance == 0 else {
                    return nil
                }
                lines.append(Element(first: a, step: (b - a) / distance))
            }
            elements.append(lines)
            tensors.append(try Tensor(allocating: start.elementType, start.shape))
        }
        self.lengths = lengths
        self.tensors = tensors
        self.elements = elements
    }

    private static let largest = Int(Int32.max)

    /// Writes the values of one of ``lengths``.
    func write(_ length: Int) {
        let distance = length - lengths.lowerBound
        for (tensor, lines) in zip(tensors, elements) {
            let base = tensor.mutableBaseAddress
            for (index, line) in lines.enumerated() {
                let value = line.first + line.step * distance
                if tensor.elementType == .int32 {
                    base.storeBytes(
                        of: Int32(truncatingIfNeeded: value), toByteOffset: index * 4, as: Int32.self)
                } else {
                    base.storeBytes(of: Int64(value), toByteOffset: index * 8, as: Int64.self)
                }
            }
        }
    }
}

extension GraphProgram.Step {
    /// Operators that give the sum of what their inputs give: even inputs have even outputs.
    private static let additive: Set = ["Shape", "Add", "Sub", "Neg", "Identity", "Concat"]
    /// Operators that do so in their first input, as long as the others stay as they are.
    private static let additiveInFirst: Set = [
        "Cast", "Gather", "ReduceSum", "Squeeze", "Unsqueeze", "Reshape", "Flatten", "Slice",
    ]
    /// Operators whose result over even inputs is the same at all lengths between two where it is the same.
    private static let comparisons: Set = ["Greater", "GreaterOrEqual", "Less", "LessOrEqual"]

    /// Whether the step's outputs over evenly growing inputs are even, or the same between two lengths at which they are
    /// the same.
    ///
    /// - Parameter positions: those of the inputs that grow.
    func isEven(varying positions: [Int], outputs: [ElementType?]) -> Bool {
        if Self.comparisons.contains(kind) { return true }
        guard outputs.allSatisfy({ $0 == nil || $0 == .int32 || $0 == .int64 }) else { return false }
        return Self.additive.contains(kind) || Self.additiveInFirst.contains(kind) && positions == [0]
    }
}
