// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXInference
package import ONNXTensors

/// A decoder with the tokens that it has read so far: takes more tokens, gives logits.
///
/// Owns the key/value caches. One call at a time.
package final class DecoderSession {
    /// Tokens whose keys and values are cached.
    package private(set) var tokens: [Int] = []

    private let model: InferenceModel
    private let signature: DecoderSignature
    private let session: InferenceSession
    /// Caches that the session cannot keep in place: each step's outputs are the next step's inputs.
    private var tensors: [String: Tensor] = [:]
    private var branches: [String] = []
    private let chunkSize: Int
    private let inputs: DecoderInputs
    private let logitsPosition: Int?

    /// - Parameter chunkSize: tokens that one run of the graph reads at most; it bounds the memory for intermediate
    ///   values.
    init(_ model: InferenceModel, _ signature: DecoderSignature, chunkSize: Int = 512) throws(ONNXError) {
        self.model = model
        self.signature = signature
        self.chunkSize = chunkSize
        self.session = try InferenceSession(
            model,
            caches: signature.caches.filter { Self.floatTypes.contains($0.elementType) }.map {
                InferenceSession.CacheBinding(
                    input: $0.input, output: $0.output, heads: $0.heads, headSize: $0.headSize)
            }, lengthInput: signature.attentionMask, valueInputs: [InferenceModel.positionsInputName])
        self.inputs = try DecoderInputs(signature, session)
        self.logitsPosition = session.position(ofOutput: signature.logits)
        self.isFullyCached = signature.caches.allSatisfy { [session] in session.isCached(input: $0.input) }
    }

    /// Element types of graph caches in whose place the session's own cache may stand.
    private static let floatTypes: Set<ElementType> = [.float32, .float16, .bfloat16]

    /// Positions for which there is room behind a prompt before the caches grow again.
    private static let answerRoom = 256

    /// Where the time of the runs goes, if wanted.
    package var profiler: StepProfiler? {
        get { session.profiler }
        set { session.profiler = newValue }
    }

    /// Bytes of the caches that the session keeps.
    package var cacheByteCount: Int {
        session.cacheByteCount + tensors.values.reduce(0) { $0 + $1.byteCount }
    }

    /// Bytes kept for intermediate values.
    package var arenaByteCount: Int { session.arenaByteCount }

    /// Bytes of the caches' valid rows, which the next token reads.
    package var cacheReadByteCount: Int {
        signature.caches.reduce(0) { sum, pair in
            let isCached = session.isCached(input: pair.input)
            let rowBytes =
                isCached
                ? model.options.cacheType.byteCount(headSize: pair.headSize)
                : pair.headSize * pair.elementType.bitWidth / 8
            return sum + pair.heads * rowBytes * tokens.count
        }
    }

    /// Forgets all tokens after the first `count`; all tokens, where the caches do not hold those any more.
    package func rewind(to count: Int) {
        guard count < tokens.count else { return }
        if isFullyCached, session.canRewind(to: count) {
            tokens.removeSubrange(count...)
        } else {
            tokens = []
            tensors = [:]
        }
    }

    /// Reads tokens and gives the logits `[1, positions, vocabulary]` of the last ones.
    ///
    /// When it throws, the session holds the tokens of before or is empty.
    ///
    /// - Parameter positions: for how many of the new tokens logits are given, from the last backwards.
    /// - Throws: what the graph's operators find; `run.cancelled`.
    package func append(
        _ newTokens: [Int], positions: Int = 1, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(ONNXError) -> Tensor {
        guard positions >= 1, positions <= newTokens.count else {
            throw ONNXError(
                "prompt.empty",
                "Logits for \(positions) positions are asked of \(newTokens.count) new tokens.")
        }
        if signature.caches.isEmpty { return try readAgain(newTokens, positions, isCancelled) }
        let total = tokens.count + newTokens.count
        let wanted = try selectedBranches(total: total)
        var pending = newTokens
        if wanted != branches, !tokens.isEmpty {
            pending = tokens + newTokens
            tokens = []
            tensors = [:]
        }
        branches = wanted
        let known = tokens.count
        if pending.count > 1 {
            try session.reserve(rows: known + pending.count + Self.answerRoom, keeping: known)
        }
        do {
            // One run gives all: a token makes no list.
            if pending.count <= chunkSize {
                return try checked(step(pending[...], positions: positions, isCancelled))
            }
            var parts: [Tensor] = []
            var start = 0
            while start < pending.count {
                let end = min(pending.count, start + chunkSize)
                let first = max(start, pending.count - positions)
                let logits = try step(
                    pending[start..<end], positions: max(1, end - first), isCancelled)
                if end > first { parts.append(try checked(logits)) }
                start = end
            }
            return try joined(parts)
        } catch {
            rewind(to: known)
            throw error
        }
    }

    /// A graph without caches reads everything each time.
    private func readAgain(
        _ newTokens: [Int], _ positions: Int, _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(ONNXError) -> Tensor {
        let before = tokens
        tokens = []
        do {
            return try checked(step((before + newTokens)[...], positions: positions, isCancelled))
        } catch {
            tokens = before
            throw error
        }
    }

    private let isFullyCached: Bool

    private func selectedBranches(total: Int) throws(ONNXError) -> [String] {
        guard isFullyCached else { return [] }
        return try session.branches(
            inputs.arguments([0], past: total - 1, positions: 1, tensors), cachedRows: total - 1, newRows: 1)
    }

    private func step(
        _ chunk: ArraySlice<Int>, positions: Int, _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(ONNXError) -> Tensor {
        try session.run(
            inputs.arguments(chunk, past: tokens.count, positions: positions, tensors),
            cachedRows: tokens.count, newRows: chunk.count, branches: chunk.count == 1 ? nil : branches,
            isCancelled: isCancelled)
        guard let logitsPosition, let logits = Optional(try session.output(logitsPosition)),
            logits.shape.rank == 3, logits.shape[0] == 1
        else {
            throw ONNXError(
                "llm.signature", "The graph gave no logits of the form [1, positions, vocabulary].")
        }
        if !isFullyCached {
            for pair in signature.caches where !session.isCached(input: pair.input) {
                guard let output = session.position(ofOutput: pair.output) else { continue }
                tensors[pair.input] = try session.output(output)
            }
        }
        tokens += chunk
        return try lastRows(positions, of: logits)
    }

    /// The last rows, for graphs that give logits for every position.
    private func lastRows(_ count: Int, of logits: Tensor) throws(ONNXError) -> Tensor {
        let rows = logits.shape[1]
        let vocabulary = logits.shape[2]
        guard rows > count else {
            guard rows == count else {
                throw ONNXError(
                    "llm.signature",
                    "Logits of \(count) positions are asked of a graph that gives them for \(rows).")
            }
            return logits
        }
        return try Tensor(
            logits.elementType, Shape([1, count, vocabulary]), storage: logits.storage,
            byteOffset: logits.byteOffset + (rows - count) * vocabulary * logits.elementType.bitWidth / 8)
    }

    private func checked(_ logits: Tensor) throws(ONNXError) -> Tensor {
        guard let values = try session.inSinglePrecision(logits) else {
            throw ONNXError(
                "llm.signature",
                "The graph's logits are \(logits.elementType); float32, float16 or bfloat16 is expected.")
        }
        return values
    }

    /// The last `positions` rows of each part, in one float32 tensor.
    private func joined(_ parts: [Tensor]) throws(ONNXError) -> Tensor {
        guard let first = parts.first else {
            throw ONNXError("prompt.empty", "No tokens were given.")
        }
        guard parts.count > 1 else { return first }
        let vocabulary = first.shape[2]
        let rows = parts.reduce(0) { $0 + $1.shape[1] }
        let result = try Tensor(allocating: .float32, Shape([1, rows, vocabulary]))
        var offset = 0
        for part in parts {
            part.withUnsafeBytes { bytes in
                if let source = bytes.baseAddress {
                    result.mutableBaseAddress.advanced(by: offset).copyMemory(
                        from: source, byteCount: bytes.count)
                }
            }
            offset += part.byteCount
        }
        return result
    }
}
