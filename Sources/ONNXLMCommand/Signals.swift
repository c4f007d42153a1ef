// SPDX-License-Identifier: Apache-2.0
#if Command
    import Dispatch
    import Foundation

    /// What the process does on signals.
    enum Signals {
        /// Lets writes to a closed pipe fail instead of ending the process.
        static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

        /// Calls `handler` on each Ctrl-C instead of ending the process, while the result is kept.
        static func onInterrupt(_ handler: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
            signal(SIGINT, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
            source.setEventHandler(handler: handler)
            source.resume()
            return source
        }
    }
#endif
