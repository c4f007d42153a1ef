// SPDX-License-Identifier: Apache-2.0
#if Command
    import Foundation
    import Synchronization

    /// Reads a message a line until the end of the input and has each answered. An interrupt stops the answer, not the
    /// loop.
    final class MessageLoop: Sendable {
        private let answer: @Sendable (String) async throws -> Void
        private let answering = Mutex<Task<Void, any Error>?>(nil)

        /// - Parameter answer: prints the answer to a message.
        init(_ answer: @escaping @Sendable (String) async throws -> Void) { self.answer = answer }

        func run() async {
            let interrupt = Signals.onInterrupt { [self] in
                let stopped = answering.withLock { task in
                    task?.cancel()
                    return task != nil
                }
                if !stopped { Console.note("\n(Ctrl-D or /exit leaves)") }
            }
            defer { interrupt.cancel() }
            while true {
                if Console.inputIsTerminal { Console.prompt("> ") }
                guard let line = readLine(strippingNewline: true) else { break }
                let text = line.trimmingCharacters(in: .whitespaces)
                if text == "/exit" || text == "/quit" { break }
                if text.isEmpty { continue }
                let task = Task { [answer] in try await answer(text) }
                answering.withLock { $0 = task }
                let result = await task.result
                answering.withLock { $0 = nil }
                switch result {
                case .success: break
                case .failure(is CancellationError): Console.write("\n")
                case .failure(let error): Console.note("\(error)")
                }
            }
        }
    }
#endif
