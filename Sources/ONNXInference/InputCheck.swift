// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors

/// Compares the tensors that a run is given with what the model declares of its inputs.
struct InputCheck {
    /// Where a symbolic dimension got its length.
    private struct Place {
        let length: Int
        let input: String
        let axis: Int
    }

    private var places: [String: Place] = [:]

    /// Checks a run's inputs by name: none unknown, none missing, each of the declared type and shape, and each symbolic
    /// dimension of one length.
    ///
    /// - Parameter isGivenElsewhere: whether the session has an input itself.
    /// - Throws: `run.input_unknown`, `run.input_missing`, `run.input_type`, `run.input_rank`, `run.input_shape`.
    static func check(
        _ inputs: [String: Tensor], against infos: [ValueInfo], isGivenElsewhere: (String) -> Bool
    ) throws(ONNXError) {
        let known = Set(infos.map(\.name))
        let declared = infos.map { "\($0.name): \($0.type?.description ?? "?")" }.joined(separator: ", ")
        let unknown = inputs.keys.filter { !known.contains($0) }.sorted()
        guard unknown.isEmpty else {
            throw ONNXError(
                "run.input_unknown",
                "The model has no input \(list(unknown)). It takes \(declared.isEmpty ? "none" : declared).")
        }
        let missing = infos.map(\.name).filter { inputs[$0] == nil && !isGivenElsewhere($0) }
        guard missing.isEmpty else {
            throw ONNXError(
                "run.input_missing",
                "The model needs the input \(list(missing)), which is not given. It takes \(declared).")
        }
        var check = InputCheck()
        for info in infos {
            guard let tensor = inputs[info.name] else { continue }
            try check.check(tensor, against: info)
            try check.compareSymbols(tensor, with: info)
        }
    }

    /// Checks one tensor against the type and the fixed dimensions that its input declares.
    ///
    /// - Throws: `run.input_type`, `run.input_rank`, `run.input_shape`.
    mutating func check(_ tensor: Tensor, against info: ValueInfo) throws(ONNXError) {
        guard let type = info.type else { return }
        guard case .tensor(let elementType, let dimensions) = type else {
            throw Self.mismatch("run.input_type", tensor, info, "a tensor is not what it takes")
        }
        guard tensor.elementType == elementType else {
            throw Self.mismatch("run.input_type", tensor, info, "the element types differ")
        }
        guard let dimensions else { return }
        guard dimensions.count == tensor.shape.rank else {
            throw Self.mismatch(
                "run.input_rank", tensor, info,
                "the ranks \(dimensions.count) and \(tensor.shape.rank) differ")
        }
        for (axis, dimension) in dimensions.enumerated() {
            guard case .fixed(let length) = dimension, length != tensor.shape[axis] else { continue }
            throw Self.mismatch(
                "run.input_shape", tensor, info,
                "dimension \(axis) has to be \(length) and is \(tensor.shape[axis])")
        }
    }

    /// Notes the lengths of symbolic dimensions.
    private mutating func compareSymbols(_ tensor: Tensor, with info: ValueInfo) throws(ONNXError) {
        guard case .tensor(_, let dimensions?)? = info.type else { return }
        for (axis, dimension) in dimensions.enumerated() {
            guard case .symbolic(let name) = dimension else { continue }
            let length = tensor.shape[axis]
            guard let place = places[name] else {
                places[name] = Place(length: length, input: info.name, axis: axis)
                continue
            }
            guard place.length == length else {
                throw Self.mismatch(
                    "run.input_shape", tensor, info,
                    "\(name) is \(length) in dimension \(axis) and \(place.length) in dimension \(place.axis) of \"\(place.input)\""
                )
            }
        }
    }

    private static func mismatch(
        _ code: ONNXError.Code, _ tensor: Tensor, _ info: ValueInfo, _ reason: String
    ) -> ONNXError {
        ONNXError(
            code,
            "The input \"\(info.name)\" is declared as \(info.type?.description ?? "?") and given as \(tensor): \(reason)."
        )
    }

    private static func list(_ names: [String]) -> String {
        names.map { "\"\($0)\"" }.joined(separator: ", ")
    }
}
