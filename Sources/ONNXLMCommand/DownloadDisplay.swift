// SPDX-License-Identifier: Apache-2.0
#if Command
    import Foundation
    import Synchronization

    /// A bar with rate and time left on a terminal, plain lines elsewhere, both on stderr.
    final class DownloadDisplay: Sendable {
        private struct State {
            var isBarShown = false
            var lastShown = ContinuousClock.now - .seconds(10)
            var lastTenth = -1
            /// Times and bytes of the last seconds, for the rate.
            var marks: [(time: ContinuousClock.Instant, done: Int)] = []
        }

        private let state = Mutex(State())

        /// Writes a sentence above the bar.
        func note(_ text: String) {
            state.withLock { state in
                if state.isBarShown { Console.prompt("\r\u{1B}[K") }
                state.isBarShown = false
                Console.note(text)
            }
        }

        /// Shows how far it is.
        func show(_ done: Int, _ total: Int, _ file: String) {
            state.withLock { state in
                let now = ContinuousClock.now
                if let last = state.marks.last, done < last.done { state.marks = [] }
                if state.marks.last.map({ now - $0.time > .milliseconds(200) }) ?? true {
                    state.marks.append((now, done))
                    if state.marks.count > 25 { state.marks.removeFirst() }
                }
                let fraction = total > 0 ? min(1, Double(done) / Double(total)) : 1
                if Console.errorIsTerminal {
                    guard now - state.lastShown > .milliseconds(100) || done >= total else { return }
                    state.lastShown = now
                    state.isBarShown = true
                    let filled = Int(fraction * 24)
                    let bar =
                        String(repeating: "#", count: filled) + String(repeating: ".", count: 24 - filled)
                    Console.prompt(
                        "\r[\(bar)] \(Int(fraction * 100)) % \(ByteAmount(done)) of \(ByteAmount(total))\(pace(state, now, done, total)) \(file)\u{1B}[K"
                    )
                } else if Int(fraction * 10) != state.lastTenth {
                    state.lastTenth = Int(fraction * 10)
                    Console.note(
                        "\(state.lastTenth * 10) % \(ByteAmount(done)) of \(ByteAmount(total))\(pace(state, now, done, total)) \(file)"
                    )
                }
            }
        }

        /// Rate and time left, of the last seconds; nothing while that cannot be told.
        private func pace(
            _ state: borrowing State, _ now: ContinuousClock.Instant, _ done: Int, _ total: Int
        ) -> String {
            guard let first = state.marks.first, done > first.done else { return "" }
            let time = (now - first.time).components
            let seconds = Double(time.seconds) + Double(time.attoseconds) * 1e-18
            guard seconds > 0.2 else { return "" }
            let rate = Double(done - first.done) / seconds
            let left = Int(min(Double(max(0, total - done)) / rate, 360_000))
            let text =
                left >= 3600
                ? "\(left / 3600) h \(left / 60 % 60) min"
                : left >= 60 ? "\(left / 60) min \(left % 60) s" : "\(left) s"
            return ", \(ByteAmount(Int(rate)))/s, \(text) left"
        }

        /// Ends the bar's line.
        func finish() {
            state.withLock { state in
                if state.isBarShown { Console.note("") }
                state.isBarShown = false
            }
        }
    }
#endif
