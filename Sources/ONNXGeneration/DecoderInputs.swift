// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXInference
import ONNXTensors

/// The inputs of a decoder's graph for each step, by position; keeps the small tensors of a step of one token and
/// writes them anew.
final class DecoderInputs {
    private let signature: DecoderSignature
    private let tokenPosition: Int?
    private let positionIDsPosition: Int?
    private let countPosition: Int?
    /// Inputs of caches that the session does not keep, and of states.
    private let cachePositions: [(position: Int, pair: DecoderSignature.CachePair)]
    private let statePositions: [(position: Int, pair: DecoderSignature.StatePair)]
    private var arguments: [Tensor?]
    private let token: Tensor
    private let positionID: Tensor
    private let count: Tensor

    init(_ signature: DecoderSignature, _ session: InferenceSession) throws(ONNXError) {
        self.signature = signature
        tokenPosition = session.position(ofInput: signature.inputIDs)
        positionIDsPosition = signature.positionIDs.flatMap { session.position(ofInput: $0) }
        countPosition = session.position(ofInput: InferenceModel.positionsInputName)
        cachePositions = signature.caches.compactMap { pair in
            if session.isCached(input: pair.input) { return nil }
            return session.position(ofInput: pair.input).map { ($0, pair) }
        }
        statePositions = signature.states.compactMap { pair in
            session.position(ofInput: pair.input).map { ($0, pair) }
        }
        arguments = Array(repeating: nil, count: session.inputCount)
        token = try Tensor(allocating: signature.inputIDsType == .int32 ? .int32 : .int64, Shape([1, 1]))
        positionID = try Tensor(allocating: .int64, Self.positionShape(signature, count: 1))
        count = try Tensor(allocating: .int64, Shape([1]))
    }

    /// The inputs for tokens that follow `past` cached ones.
    ///
    /// - Parameters:
    ///   - positions: for how many of the tokens logits are wanted.
    ///   - caches: the caches and states that are tensors, by the name of their input; empty ones, and zeros, where it
    ///     has none.
    func arguments(
        _ chunk: ArraySlice<Int>, past: Int, positions: Int, _ caches: [String: Tensor]
    ) throws(ONNXError) -> [Tensor?] {
        if let tokenPosition { arguments[tokenPosition] = try tokens(chunk) }
        if let positionIDsPosition {
            arguments[positionIDsPosition] = try positionIDs(past..<past + chunk.count)
        }
        if let countPosition { arguments[countPosition] = counts(positions) }
        for (position, pair) in cachePositions {
            if let cache = caches[pair.input] {
                arguments[position] = cache
            } else {
                let shape = try Shape([1, pair.heads, 0, pair.headSize])
                arguments[position] = try Tensor(allocating: pair.elementType, shape)
            }
        }
        for (position, pair) in statePositions {
            arguments[position] = caches[pair.input] ?? pair.initial
        }
        return arguments
    }

    private func tokens(_ chunk: ArraySlice<Int>) throws(ONNXError) -> Tensor {
        let isNarrow = signature.inputIDsType == .int32
        guard chunk.count == 1, let id = chunk.first else {
            let shape = [1, chunk.count]
            return isNarrow
                ? try Tensor(chunk.map { Int32(truncatingIfNeeded: $0) }, shape: shape)
                : try Tensor(chunk.map { Int64($0) }, shape: shape)
        }
        if isNarrow {
            token.mutableBaseAddress.storeBytes(of: Int32(truncatingIfNeeded: id), as: Int32.self)
        } else {
            token.mutableBaseAddress.storeBytes(of: Int64(id), as: Int64.self)
        }
        return token
    }

    private func positionIDs(_ range: Range<Int>) throws(ONNXError) -> Tensor {
        let axes = max(1, signature.positionAxes)
        guard range.count == 1 else {
            let positions = range.map { Int64($0) }
            return try Tensor(
                (0..<axes).flatMap { _ in positions },
                shape: Self.positionShape(signature, count: range.count).dimensions)
        }
        for axis in 0..<axes {
            positionID.mutableBaseAddress.storeBytes(
                of: Int64(range.lowerBound), toByteOffset: axis * MemoryLayout<Int64>.size, as: Int64.self)
        }
        return positionID
    }

    private static func positionShape(
        _ signature: DecoderSignature, count: Int
    ) throws(ONNXError) -> Shape {
        try Shape(signature.positionAxes == 0 ? [1, count] : [signature.positionAxes, 1, count])
    }

    private func counts(_ positions: Int) -> Tensor {
        count.mutableBaseAddress.storeBytes(of: Int64(positions), as: Int64.self)
        return count
    }
}
