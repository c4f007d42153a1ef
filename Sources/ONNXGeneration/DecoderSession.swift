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
    /// States, and caches that the session cannot keep in place: each step's outputs are the next step's inputs.
    private var tensors: [String: Tensor] = [:]
    private var branches: [String] = []
    private let chunkSize: Int
    /// Which rotary tables the next tokens use, where there are two sets.
    package var longContext = LongContextPolicy.switching
    /// A length at which long rotary tables are used.
    private let contextLength: Int
    private var knownBranches: [LongContextPolicy: [String]] = [:]
    /// The length up to which short tables are used, once it has been asked for.
    private var shortLength: Int?
    private var recomputation: (tokenCount: Int, seconds: Double)?
    private let inputs: DecoderInputs
    private let logitsPosition: Int?

    /// - Parameter chunkSize: tokens that one run of the graph reads at most; it bounds the memory for intermediate
    ///   values.
    init(
        _ model: InferenceModel, _ signature: DecoderSignature, contextLength: Int, chunkSize: Int = 512
    ) throws(ONNXError) {
        self.model = model
        self.signature = signature
        self.contextLength = contextLength
        self.chunkSize = chunkSize
        self.session = try InferenceSession(
            model,
            caches: signature.caches.filter { Self.floatTypes.contains($0.elementType) }.map {
                InferenceSession.CacheBinding(
                    input: $0.input, output: $0.output, heads: $0.heads, headSize: $0.headSize)
            }, lengthInput: signature.attentionMask, valueInputs: [InferenceModel.positionsInputName])
        self.inputs = try DecoderInputs(signature, session)
        self.logitsPosition = session.position(ofOutput: signature.logits)
        self.isFullyCached =
            signature.states.isEmpty
            && signature.caches.allSatisfy { [session] in session.isCached(input: $0.input) }
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

    /// The element type of the caches that the session keeps.
    package var cacheType: CacheType { session.cacheType }

    /// Bytes of the caches' valid rows and of the states, which the next token reads.
    package var cacheReadByteCount: Int {
        let states = signature.states.reduce(0) { $0 + $1.initial.byteCount }
        return signature.caches.reduce(states) { sum, pair in
            let isCached = session.isCached(input: pair.input)
            let rowBytes =
                isCached
                ? session.cacheType.byteCount(headSize: pair.headSize)
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

    /// Whether so many tokens can be read behind the next one, with logits for each, and taken back at no cost.
    func takesDraft(of count: Int) throws(ONNXError) -> Bool {
        let total = tokens.count + 1 + count
        guard isFullyCached, signature.givesEachPosition, total <= contextLength else { return false }
        return try selectedBranches(total: total) == branches
    }

    /// Whether logits have the same bits however the tokens are cut into runs.
    var keepsBits: Bool { model.keepsBits }

    /// Becomes what another session of the same model is; copies what differs of the caches.
    ///
    /// - Throws: `memory.insufficient`; the session is then empty.
    package func take(over other: DecoderSession) throws(ONNXError) {
        var common = 0
        if branches == other.branches, longContext == other.longContext {
            while common < min(tokens.count, other.tokens.count), tokens[common] == other.tokens[common] {
                common += 1
            }
        }
        tokens = []
        try session.takeCaches(of: other.session, rows: other.tokens.count, sharing: common)
        tokens = other.tokens
        tensors = other.tensors
        branches = other.branches
        longContext = other.longContext
    }

    /// Reads tokens and gives the logits `[1, positions, vocabulary]` of the last ones.
    ///
    /// When it throws, the session holds the tokens of before, and those of the runs that were complete by then.
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
        if signature.caches.isEmpty, signature.states.isEmpty {
            return try readAgain(newTokens, positions, isCancelled)
        }
        // One run gives all as a rule: a token makes no list.
        var first: Tensor?
        var others: [Tensor] = []
        try read(newTokens, positions: positions, isCancelled) { (part: Tensor) in
            if first == nil { first = part } else { others.append(part) }
        }
        guard let first else { throw ONNXError("prompt.empty", "No tokens were given.") }
        return try others.isEmpty ? checked(first) : joined([first] + others)
    }

    /// A graph without caches reads everything each time.
    private func readAgain(
        _ newTokens: [Int], _ positions: Int, _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(ONNXError) -> Tensor {
        let before = tokens
        tokens = []
        do {
            return try checked(
                step(
                    (before + newTokens)[...], positions: positions, selectsItself: false, isCancelled))
        } catch {
            tokens = before
            throw error
        }
    }

    /// Reads tokens and gives the last layer's states `[1, tokens, hidden size]` for all of them.
    ///
    /// - Throws: `llm.no_hidden_states` where the graph gives none; else as ``append(_:positions:isCancelled:)``.
    package func appendGivingHiddenStates(
        _ newTokens: [Int], isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(ONNXError) -> Tensor {
        guard let position = signature.hiddenStates.flatMap({ session.position(ofOutput: $0) }) else {
            throw ONNXError(
                "llm.no_hidden_states",
                "The graph has no output for hidden states; build it again with include_hidden_states=true.")
        }
        rewind(to: 0)
        var parts: [Tensor] = []
        try read(newTokens, positions: 1, isCancelled) { _ in
        } eachRun: { () throws(ONNXError) in
            parts.append(try self.session.output(position))
        }
        return try joined(parts)
    }

    /// Reads tokens in runs of ``chunkSize`` at most; takes the logits of the last `positions` tokens, run by run.
    private func read(
        _ newTokens: [Int], positions: Int, _ isCancelled: @escaping @Sendable () -> Bool,
        take: (Tensor) -> Void, eachRun: (() throws(ONNXError) -> Void)? = nil
    ) throws(ONNXError) {
        let started = ContinuousClock.now
        let wanted = try selectedBranches(total: tokens.count + newTokens.count)
        var pending = newTokens
        let recomputed = wanted != branches ? tokens.count : 0
        if recomputed > 0 {
            pending = tokens + newTokens
            tokens = []
            tensors = [:]
        }
        branches = wanted
        let known = tokens.count
        if pending.count > 1 {
            // Where all positions are looked at no prompt ends.
            let room = pending.count > positions ? Self.answerRoom : 0
            try session.reserve(rows: known + pending.count + room, keeping: known)
        }
        var start = 0
        while start < pending.count {
            let end = min(pending.count, start + chunkSize)
            let first = max(start, pending.count - positions)
            // The last token alone selects by its length what is wanted; plans for it are then found at once.
            let selectsItself = end == pending.count && end - start == 1 && longContext == .switching
            if end > first || eachRun != nil || !isFullyCached {
                let logits = try step(
                    pending[start..<end], positions: max(1, end - first), selectsItself: selectsItself,
                    isCancelled)
                if end > first { take(logits) }
            } else {
                try run(pending[start..<end], positions: 1, fillsCachesAlone: true, isCancelled)
                tokens += pending[start..<end]
            }
            try eachRun?()
            if recomputed > 0, start < recomputed, end >= recomputed {
                recomputation = (recomputed, (ContinuousClock.now - started).seconds)
            }
            start = end
        }
    }

    /// What the last change of rotary tables cost, told once.
    package func takeRecomputation() -> (tokenCount: Int, seconds: Double)? {
        defer { recomputation = nil }
        return recomputation
    }

    /// Whether the session keeps all that a sequence leaves behind, each position by itself.
    private let isFullyCached: Bool

    private func selectedBranches(total: Int) throws(ONNXError) -> [String] {
        guard isFullyCached else { return [] }
        switch longContext {
        case .switching: return try branches(ofLength: total)
        case .alwaysLong: return try fixedBranches(length: max(1, contextLength))
        case .alwaysShort: return try fixedBranches(length: 1)
        }
    }

    private func fixedBranches(length: Int) throws(ONNXError) -> [String] {
        if let known = knownBranches[longContext] { return known }
        let found = try branches(ofLength: length)
        knownBranches[longContext] = found
        return found
    }

    /// Tokens that the decoder can hold with these tables: short ones end where the long ones begin.
    ///
    /// - Complexity: O(log context) plans, once, where there are two sets of tables.
    func lengthLimit(_ policy: LongContextPolicy) throws(ONNXError) -> Int {
        guard policy == .alwaysShort, isFullyCached else { return contextLength }
        if let shortLength { return shortLength }
        let short = try fixedBranches(length: 1)
        var low = 1
        var high = max(1, contextLength)
        while low < high {
            let middle = low + (high - low + 1) / 2
            if try branches(ofLength: middle) == short { low = middle } else { high = middle - 1 }
        }
        shortLength = low
        return low
    }

    private func branches(ofLength total: Int) throws(ONNXError) -> [String] {
        try session.branches(
            inputs.arguments([0], past: total - 1, positions: 1, tensors), cachedRows: total - 1, newRows: 1)
    }

    private func step(
        _ chunk: ArraySlice<Int>, positions: Int, selectsItself: Bool,
        _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(ONNXError) -> Tensor {
        try run(chunk, positions: positions, selectsItself: selectsItself, isCancelled)
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
            for pair in signature.states {
                guard let output = session.position(ofOutput: pair.output) else { continue }
                tensors[pair.input] = try session.output(output)
            }
        }
        tokens += chunk
        return try lastRows(positions, of: logits)
    }

    private func run(
        _ chunk: ArraySlice<Int>, positions: Int, selectsItself: Bool = false,
        fillsCachesAlone: Bool = false, _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(ONNXError) {
        try session.run(
            inputs.arguments(chunk, past: tokens.count, positions: positions, tensors),
            cachedRows: tokens.count, newRows: chunk.count, branches: selectsItself ? nil : branches,
            fillsCachesAlone: fillsCachesAlone, isCancelled: isCancelled)
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

    /// The rows `[1, rows, width]` of all parts, in one float32 tensor.
    private func joined(_ parts: [Tensor]) throws(ONNXError) -> Tensor {
        let parts = try parts.map { (part: Tensor) throws(ONNXError) in try checked(part) }
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
