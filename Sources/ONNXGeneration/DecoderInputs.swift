// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXInference
import ONNXTensors

/// The inputs of a decoder's graph for each step, by position; keeps the small tensors of a step of one token and
/// writes them anew.
final class DecoderInputs {
    private let signature: DecoderSignature
    private let session: InferenceSession
    private let tokenPosition: Int?
    private let positionIDsPosition: Int?
    private let countPosition: Int?
    private var arguments: [Tensor?]
    private let token: Tensor
    private let positionID: Tensor
    private let count: Tensor

    init(_ signature: DecoderSignature, _ session: InferenceSession) throws(ONNXError) {
        self.signature = signature
        self.session = session
        tokenPosition = session.position(ofInput: signature.inputIDs)
        positionIDsPosition = signature.positionIDs.flatMap { session.position(ofInput: $0) }
        countPosition = session.position(ofInput: InferenceModel.positionsInputName)
        arguments = Array(repeating: nil, count: session.inputCount)
        token = try Tensor(allocating: signature.inputIDsType == .int32 ? .int32 : .int64, Shape([1, 1]))
        positionID = try Tensor(allocating: .int64, Shape([1, 1]))
        count = try Tensor(allocating: .int64, Shape([1]))
    }

    /// The inputs for tokens that follow `past` cached ones.
    ///
    /// - Parameters:
    ///   - positions: for how many of the tokens logits are wanted.
    ///   - caches: the caches that are tensors, by the name of their input; empty ones where it has none.
    func arguments(
        _ chunk: ArraySlice<Int>, past: Int, positions: Int, _ caches: [String: Tensor]
    ) throws(ONNXError) -> [Tensor?] {
        if let tokenPosition { arguments[tokenPosition] = try tokens(chunk) }
        if let positionIDsPosition {
            arguments[positionIDsPosition] = try positionIDs(past..<past + chunk.count)
        }
        if let countPosition { arguments[countPosition] = counts(positions) }
        for pair in signature.caches where !session.isCached(input: pair.input) {
            guard let position = session.position(ofInput: pair.input) else { continue }
            if let cache = caches[pair.input] {
                arguments[position] = cache
            } else {
                let shape = try Shape([1, pair.heads, 0, pair.headSize])
                arguments[position] = try Tensor(allocating: pair.elementType, shape)
            }
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
        guard range.count == 1 else {
            return try Tensor(range.map { Int64($0) }, shape: [1, range.count])
        }
        positionID.mutableBaseAddress.storeBytes(of: Int64(range.lowerBound), as: Int64.self)
        return positionID
    }

    private func counts(_ positions: Int) -> Tensor {
        count.mutableBaseAddress.storeBytes(of: Int64(positions), as: Int64.self)
        return count
    }
}
