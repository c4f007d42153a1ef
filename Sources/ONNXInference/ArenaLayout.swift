// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Places for buffers in one region of memory, given back as soon as they are no longer needed.
///
/// Best fit over a list of gaps; a plan has few gaps at any time, so both operations are cheap.
struct ArenaLayout {
    private struct Gap {
        var offset: Int
        var length: Int
    }

    private var gaps: [Gap] = []
    /// Bytes that the region must have.
    private(set) var byteCount = 0

    static let alignment = 64

    /// The byte offset of a new buffer.
    ///
    /// - Throws: `run.budget` when the region would exceed `limit`.
    mutating func allocate(byteCount: Int, limit: Int) throws(ONNXError) -> Int {
        guard byteCount <= limit else { throw ArenaLayout.overBudget(byteCount, limit) }
        let length = max(1, (byteCount + Self.alignment - 1) / Self.alignment) * Self.alignment
        var best: Int?
        for (index, gap) in gaps.enumerated() where gap.length >= length {
            if let current = best, gaps[current].length <= gap.length { continue }
            best = index
        }
        if let best {
            let offset = gaps[best].offset
            if gaps[best].length == length {
                gaps.remove(at: best)
            } else {
                gaps[best].offset += length
                gaps[best].length -= length
            }
            return offset
        }
        var offset = self.byteCount
        if let last = gaps.last, last.offset + last.length == self.byteCount {
            offset = last.offset
            gaps.removeLast()
        }
        guard offset <= limit - length else { throw ArenaLayout.overBudget(offset + length, limit) }
        self.byteCount = offset + length
        return offset
    }

    /// Gives a buffer back.
    mutating func free(offset: Int, byteCount: Int) {
        let length = max(1, (byteCount + Self.alignment - 1) / Self.alignment) * Self.alignment
        let index = gaps.firstIndex { $0.offset > offset } ?? gaps.count
        gaps.insert(Gap(offset: offset, length: length), at: index)
        if index + 1 < gaps.count, offset + length == gaps[index + 1].offset {
            gaps[index].length += gaps[index + 1].length
            gaps.remove(at: index + 1)
        }
        if index > 0, gaps[index - 1].offset + gaps[index - 1].length == offset {
            gaps[index - 1].length += gaps[index].length
            gaps.remove(at: index)
        }
    }

    static func overBudget(_ needed: Int, _ limit: Int) -> ONNXError {
        ONNXError(
            "run.budget",
            "This run needs \(needed) bytes for intermediate values; the limit is \(limit). Use a shorter input or raise the limit."
        )
    }
}
