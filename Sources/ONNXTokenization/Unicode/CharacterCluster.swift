// SPDX-License-Identifier: Apache-2.0

/// Where characters join to clusters, as far as clusters of fewer than six bytes go.
///
/// In those only marks join the character before them, a few format characters the one after them, and a line feed
/// its carriage return; emoji sequences and Hangul syllables are longer.
enum CharacterCluster {
    /// The byte length of the character at `position`.
    static func length(_ bytes: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int {
        guard let base = bytes.baseAddress else { return 1 }
        return CharacterCursor.decode(base + position).length
    }

    /// The end of the cluster that begins at `start`, which is below the end.
    static func end(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = bytes.baseAddress else { return start + 1 }
        var (scalar, length) = CharacterCursor.decode(base + start)
        var cursor = start + length
        while cursor < bytes.count {
            let before = CharacterTraits.of(scalar)
            let isReturn = scalar == 0x0D
            (scalar, length) = CharacterCursor.decode(base + cursor)
            let traits = CharacterTraits.of(scalar)
            if isReturn, scalar == 0x0A { return cursor + length }
            guard before.isDisjoint(with: .alone), traits.isDisjoint(with: .alone),
                traits.contains(.extending) || before.contains(.prepended)
            else { return cursor }
            cursor += length
        }
        return cursor
    }
}
