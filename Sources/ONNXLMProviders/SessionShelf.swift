// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXLM
    import Synchronization

    /// Conversations that a model has answered and whose caches can serve a request that goes on from one of them.
    final class SessionShelf: Sendable {
        private let capacity: Int
        private let sessions = Mutex<[ChatSession]>([])

        /// - Parameter capacity: conversations that are kept, each with its key/value caches; the oldest goes first.
        init(capacity: Int) { self.capacity = capacity }

        /// The conversation that shares the most messages with a request, all of its own, with the messages that the
        /// request adds; a new one where there is none. It is off the shelf then.
        func take(
            _ language: LanguageModel, _ messages: [ChatMessage]
        ) -> (session: ChatSession, rest: [ChatMessage]) {
            let found = sessions.withLock { sessions -> (session: ChatSession, count: Int)? in
                let fitting = sessions.enumerated().map { (index: $0.offset, messages: $0.element.messages) }
                    .filter { $0.messages.count < messages.count && messages.starts(with: $0.messages) }
                guard let best = fitting.max(by: { $0.messages.count < $1.messages.count }) else {
                    return nil
                }
                return (sessions.remove(at: best.index), best.messages.count)
            }
            guard let found else { return (ChatSession(language, messages: messages), []) }
            return (found.session, Array(messages.dropFirst(found.count)))
        }

        /// Puts a conversation back that was answered to its end.
        func keep(_ session: ChatSession) {
            sessions.withLock { sessions in
                sessions.append(session)
                if sessions.count > capacity { sessions.removeFirst(sessions.count - capacity) }
            }
        }
    }
#endif
