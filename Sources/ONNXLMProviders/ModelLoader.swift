// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXLM
    import Synchronization

    /// Loads a model once, however many ask for it, and again after a failure.
    final class ModelLoader: Sendable {
        private let load: @Sendable () async throws -> LanguageModel
        private let task = Mutex<Task<LanguageModel, any Error>?>(nil)

        init(_ load: @escaping @Sendable () async throws -> LanguageModel) { self.load = load }

        /// The model. A caller that is cancelled stops waiting; the load goes on for others.
        func model() async throws -> LanguageModel {
            let running = task.withLock { task in
                if let task { return task }
                let new = Task.detached { try await self.load() }
                task = new
                return new
            }
            let result = try await Self.value(of: running)
            if case .failure = result {
                task.withLock { if $0 == running { $0 = nil } }
            }
            return try result.get()
        }

        /// The model, if it is loaded; waits for a load that is under way.
        func loaded() async -> LanguageModel? {
            guard let task = task.withLock({ $0 }) else { return nil }
            return try? await task.value
        }

        /// Waits for a task without holding on when the waiting task is cancelled.
        private static func value(
            of task: Task<LanguageModel, any Error>
        ) async throws -> Result<LanguageModel, any Error> {
            let (stream, continuation) = AsyncStream<Result<LanguageModel, any Error>>.makeStream()
            Task.detached {
                continuation.yield(await task.result)
                continuation.finish()
            }
            for await result in stream { return result }
            throw CancellationError()
        }
    }
#endif
