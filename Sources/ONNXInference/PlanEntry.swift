// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXOperators
import ONNXTensors

/// A plan that a session keeps, with what decides whether it serves a run.
final class PlanEntry {
    /// What a run brings, by input position; nil for caches and for inputs that follow from the length.
    typealias Arguments = [Tensor?]

    let plan: ExecutionPlan
    let bound: BoundPlan
    let growth: PlanGrowth?
    /// Positions cached before the run that the plan was made for.
    let cachedRows: Int
    private let newRows: Int
    private let branches: [String]?
    private let types: [TensorType?]
    private let values: [Tensor?]
    /// The values of the growth's slots for lengths that follow each other.
    private var lengths: Range<Int> = 0..<0
    private var tables: [[Tensor]] = []
    /// The same for many lengths at once, where they are linear.
    private var even: EvenValues?

    /// - Parameter valueInputs: positions of inputs that the plan depends on by value.
    init(
        _ plan: ExecutionPlan, bound: BoundPlan, growth: PlanGrowth?, arguments: Arguments,
        valueInputs: Set<Int>, cachedRows: Int, newRows: Int, branches: [String]?
    ) throws(ONNXError) {
        self.plan = plan
        self.bound = bound
        self.growth = growth
        self.cachedRows = cachedRows
        self.newRows = newRows
        self.branches = branches
        types = arguments.map { $0.map { TensorType($0.elementType, $0.shape) } }
        var values: [Tensor?] = []
        for (position, argument) in arguments.enumerated() {
            // A copy: the caller may write another value to its own.
            values.append(valueInputs.contains(position) ? try argument?.copied() : nil)
        }
        self.values = values
    }

    /// Whether the run differs from the planned one in the number of cached rows at most.
    func fits(_ arguments: Arguments, newRows: Int, branches: [String]?) -> Bool {
        guard newRows == self.newRows, branches == self.branches, arguments.count == types.count else {
            return false
        }
        for index in types.indices {
            guard let type = types[index] else {
                if arguments[index] != nil { return false }
                continue
            }
            guard let argument = arguments[index], argument.elementType == type.elementType,
                argument.shape == type.shape
            else { return false }
            if let value = values[index], !value.hasBytes(of: argument) { return false }
        }
        return true
    }

    /// The values of the growth's slots for a run with `cachedRows` rows cached; nil if the plan does not hold there.
    ///
    /// They are computed for some lengths ahead, so that most tokens cost a look-up.
    ///
    /// - Parameter inputs: type and known elements of each growing input at a length, by slot.
    func values(
        cachedRows: Int, state: RunState,
        inputs: (Int) throws(ONNXError) -> [Int: (type: TensorType, value: Tensor?)]
    ) throws(ONNXError) -> [Tensor]? {
        guard let growth else { return cachedRows == self.cachedRows ? [] : nil }
        if let values = even, values.lengths.contains(cachedRows) {
            values.write(cachedRows)
            return values.tensors
        }
        if lengths.contains(cachedRows) { return tables[cachedRows - lengths.lowerBound] }
        if growth.isEven {
            even = try evenValues(growth, from: cachedRows, state: state, inputs: inputs)
            if let even { return even.tensors }
        }
        tables.removeAll(keepingCapacity: true)
        lengths = cachedRows..<cachedRows
        for length in cachedRows..<cachedRows + Self.lookahead {
            guard let values = try growth.values(plan, inputs: inputs(length), state: state) else { break }
            tables.append(values)
            lengths = cachedRows..<length + 1
        }
        return tables.first
    }

    private static let lookahead = 16

    /// The values for as many lengths as they are even, of some hundreds; nil for too few.
    private func evenValues(
        _ growth: PlanGrowth, from first: Int, state: RunState,
        inputs: (Int) throws(ONNXError) -> [Int: (type: TensorType, value: Tensor?)]
    ) throws(ONNXError) -> EvenValues? {
        guard let start = try growth.values(plan, inputs: inputs(first), state: state) else { return nil }
        for count in [256, 32] {
            // The last length may lie beyond what the model can do.
            guard let inputs = try? inputs(first + count - 1),
                let end = try? growth.values(plan, inputs: inputs, state: state)
            else { continue }
            let lengths = first...first + count - 1
            guard let values = try EvenValues(lengths, first: start, last: end) else { continue }
            values.write(first)
            return values
        }
        return nil
    }
}

extension Tensor {
    /// The same elements in memory of their own.
    fileprivate func copied() throws(ONNXError) -> Tensor {
        let copy = try Tensor(allocating: elementType, shape)
        withUnsafeBytes { bytes in
            if let source = bytes.baseAddress {
                copy.mutableBaseAddress.copyMemory(from: source, byteCount: bytes.count)
            }
        }
        return copy
    }

    /// Whether a tensor of the same type and shape has the same bytes.
    fileprivate func hasBytes(of other: Tensor) -> Bool {
        withUnsafeBytes { first in other.withUnsafeBytes { first.elementsEqual($0) } }
    }
}
