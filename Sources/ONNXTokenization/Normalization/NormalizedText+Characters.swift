// SPDX-License-Identifier: Apache-2.0

extension NormalizedText {
    /// Each character in lower case on its own, without regard to what stands around it.
    func lowercased() -> NormalizedText {
        mapping { scalar, isTrusted, text in
            if scalar < 0x80 {
                let isUpper = scalar >= 0x41 && scalar <= 0x5A
                return text.append(
                    CollectionOfOne(UInt8(scalar | (isUpper ? 0x20 : 0))), isTrusted: isTrusted)
            }
            text.append(CharacterMapping.lowercase(scalar), isTrusted: isTrusted)
            if scalar == 0x130 { text.append(0x307, isTrusted: isTrusted) }
        }
    }

    /// Without the characters of a kind.
    func removing(_ kind: CharacterTraits) -> NormalizedText {
        mapping { scalar, isTrusted, text in
            guard CharacterTraits.of(scalar).isDisjoint(with: kind) else { return }
            text.append(scalar, isTrusted: isTrusted)
        }
    }

    /// Without the characters of one kind, and with a space for each of another.
    func cleaned(removed: CharacterTraits, blank: CharacterTraits) -> NormalizedText {
        mapping { scalar, isTrusted, text in
            let traits = CharacterTraits.of(scalar)
            guard traits.isDisjoint(with: removed) else { return }
            text.append(traits.isDisjoint(with: blank) ? scalar : 0x20, isTrusted: isTrusted)
        }
    }

    /// With a space on either side of each ideograph.
    func spacingIdeographs() -> NormalizedText {
        mapping { scalar, isTrusted, text in
            guard !CharacterTraits.of(scalar).isDisjoint(with: .ideograph) else {
                return text.append(scalar, isTrusted: isTrusted)
            }
            text.append(0x20, isTrusted: isTrusted)
            text.append(scalar, isTrusted: isTrusted)
            text.append(0x20, isTrusted: isTrusted)
        }
    }

    /// Without white space at the ends.
    func stripped(left: Bool, right: Bool) -> NormalizedText {
        let kept: Range<Int> = bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return 0..<0 }
            let cursor = CharacterCursor(base: base, end: buffer.count)
            var end = buffer.count
            while right, end > 0 {
                let before = cursor.startOfCharacter(endingAt: end)
                guard cursor.character(before).kind.contains(.strippable) else { break }
                end = before
            }
            let start = left ? min(cursor.endOfRun(0, in: .strippable), end) : 0
            return start..<end
        }
        if kept.count == bytes.count { return self }
        var text = NormalizedText(like: self)
        text.append(self, kept)
        return text
    }

    /// Each byte spelled with the byte-level alphabet.
    func spelled() -> NormalizedText {
        var text = NormalizedText(like: self)
        for (index, byte) in bytes.enumerated() {
            text.append(ByteAlphabet.codePoints[Int(byte)], isTrusted: trust?[index] ?? true)
        }
        return text
    }

    /// Without spaces at the ends, and with one for each run of spaces.
    func collapsingSpaces() -> NormalizedText {
        var text = NormalizedText(like: self)
        var pending: Int?
        for index in bytes.indices {
            if bytes[index] == 0x20 {
                if !text.isEmpty, pending == nil { pending = index }
                continue
            }
            if let space = pending { text.append(self, space..<space + 1) }
            pending = nil
            text.append(self, index..<index + 1)
        }
        return text
    }
}
