// SPDX-License-Identifier: Apache-2.0

extension ScriptRuns {
    /// The number of the script that a character belongs to; 0 for spaces and for what is not assigned.
    ///
    /// - Complexity: O(log runs).
    static func script(of scalar: UInt32) -> UInt32 {
        var low = 0
        var high = runs.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if runs[middle] >> 8 <= scalar { low = middle } else { high = middle }
        }
        return runs[low] & 0xFF
    }

    /// Cuts a piece wherever the script changes. Characters of no script stay with those before them, and are dropped
    /// where there are none, as in the reference.
    static func cut(base: UnsafePointer<UInt8>, piece: TextPiece, into result: inout [TextPiece]) {
        var last: UInt32 = 0
        var start = -1
        var cursor = piece.start
        func add(upTo end: Int) {
            guard start >= 0 else { return }
            result.append(
                TextPiece(start: start, end: end, isAtOrigin: piece.isAtOrigin && start == piece.start))
        }
        while cursor < piece.end {
            let (scalar, length) = CharacterCursor.decode(base + cursor)
            let script = script(of: scalar)
            if script != 0, script != last {
                add(upTo: cursor)
                start = cursor
                last = script
            }
            cursor += length
        }
        add(upTo: piece.end)
    }
}
