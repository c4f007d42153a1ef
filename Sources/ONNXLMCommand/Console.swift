// SPDX-License-Identifier: Apache-2.0
#if Command
    import Foundation
    import ONNXErrors

    /// The process's output: results on stdout, everything else on stderr.
    enum Console {
        /// Writes to stdout at once. When nobody reads any more, the process ends quietly; when the disk is full, it
        /// ends with an error.
        static func write(_ text: String) {
            var bytes = ArraySlice(Array(text.utf8))
            while !bytes.isEmpty {
                let written = bytes.withUnsafeBytes {
                    Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count)
                }
                if written >= 0 {
                    bytes = bytes.dropFirst(written)
                } else if errno == EPIPE {
                    exit(0)
                } else if errno != EINTR && errno != EAGAIN {
                    let reason = String(cString: strerror(errno))
                    let code = errno == ENOSPC ? "io.no_space" : "io.write"
                    note("error[\(code)]: The output cannot be written: \(reason).")
                    exit(ExitStatus.inputOutput.rawValue)
                }
            }
        }

        /// Writes a line to stdout.
        static func line(_ text: String) { write(text + "\n") }

        /// Writes a line to stderr; failures there are ignored, as there is nowhere to tell them.
        static func note(_ text: String) {
            let bytes = Array((text + "\n").utf8)
            _ = bytes.withUnsafeBytes { Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
        }

        /// Writes to stderr without ending the line.
        static func prompt(_ text: String) {
            let bytes = Array(text.utf8)
            _ = bytes.withUnsafeBytes { Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
        }

        /// Everything is written at once, so nothing is left to flush but what libraries print.
        static func flush() { fflush(nil) }

        static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }
        static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

        /// The lines of stdin, without their ends; a last line without an end counts.
        static func forEachInputLine(_ body: (String) throws -> Void) throws {
            while let line = readLine(strippingNewline: true) { try body(line) }
        }
    }

    /// A progress bar on a terminal, plain lines at each tenth elsewhere, both on stderr.
    final class ProgressDisplay: @unchecked Sendable {
        // Safety: all state is behind the lock.
        private let lock = NSLock()
        private var lastTenth = -1
        private var lastShown = ""

        /// Shows a fraction from 0 to 1.
        func show(_ fraction: Double, _ label: String) {
            lock.lock()
            defer { lock.unlock() }
            let fraction = min(1, max(0, fraction.isFinite ? fraction : 0))
            if Console.errorIsTerminal {
                let filled = Int(fraction * 30)
                let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
                let text = "\r[\(bar)] \(Int(fraction * 100)) % \(label)\u{1B}[K"
                guard text != lastShown else { return }
                lastShown = text
                FileHandle.standardError.write(Data(text.utf8))
            } else if Int(fraction * 10) != lastTenth {
                lastTenth = Int(fraction * 10)
                Console.note("\(lastTenth * 10) % \(label)")
            }
        }

        /// Ends the bar's line.
        func finish() {
            if Console.errorIsTerminal { Console.note("") }
        }
    }
#endif
