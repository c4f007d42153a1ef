// SPDX-License-Identifier: Apache-2.0

extension TemplateText {
    private func mapped(_ change: (Unicode.Scalar, Int) -> String) -> TemplateText {
        var result = TemplateText()
        var index = 0
        forEachScalar { scalar, isTrusted in
            if scalar.isASCII, let fast = Self.asciiCase(change(scalar, index)) {
                result.append(CollectionOfOne(fast), isTrusted: isTrusted)
            } else {
                result.append(Array(change(scalar, index).utf8), isTrusted: isTrusted)
            }
            index += 1
        }
        return result
    }

    private static func asciiCase(_ text: String) -> UInt8? {
        let utf8 = text.utf8
        return utf8.count == 1 ? utf8.first : nil
    }

    var uppercased: TemplateText {
        if isASCII { return changingASCII { $0 >= 0x61 && $0 <= 0x7A ? $0 & 0xDF : $0 } }
        return mapped { scalar, _ in scalar.properties.uppercaseMapping }
    }

    var lowercased: TemplateText {
        if isASCII { return changingASCII { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 } }
        let scalars = bytes.contains(0xCE) ? Array(string.unicodeScalars) : []
        return mapped { scalar, index in Self.lower(scalar, index, scalars) }
    }

    /// The first character in title case, the others in lower case.
    var capitalized: TemplateText {
        let scalars = bytes.contains(0xCE) ? Array(string.unicodeScalars) : []
        return mapped { scalar, index in
            index == 0 ? scalar.properties.titlecaseMapping : Self.lower(scalar, index, scalars)
        }
    }

    /// Title case after each character without case, as Python's `str.title`.
    var titled: TemplateText {
        let scalars = bytes.contains(0xCE) ? Array(string.unicodeScalars) : []
        var afterCased = false
        return mapped { scalar, index in
            let text = afterCased ? Self.lower(scalar, index, scalars) : scalar.properties.titlecaseMapping
            afterCased = scalar.properties.isCased
            return text
        }
    }

    var swappedCase: TemplateText {
        let scalars = bytes.contains(0xCE) ? Array(string.unicodeScalars) : []
        return mapped { scalar, index in
            if scalar.properties.isUppercase { return Self.lower(scalar, index, scalars) }
            return scalar.properties.isLowercase ? scalar.properties.uppercaseMapping : String(scalar)
        }
    }

    /// Lower case; a capital sigma at the end of a word becomes a final one.
    private static func lower(_ scalar: Unicode.Scalar, _ index: Int, _ all: [Unicode.Scalar]) -> String {
        guard scalar.value == 0x3A3, index < all.count else { return scalar.properties.lowercaseMapping }
        var before = index - 1
        while before >= 0, all[before].properties.isCaseIgnorable { before -= 1 }
        var after = index + 1
        while after < all.count, all[after].properties.isCaseIgnorable { after += 1 }
        let isFinal =
            before >= 0 && all[before].properties.isCased
            && !(after < all.count && all[after].properties.isCased)
        return isFinal ? "\u{3C2}" : "\u{3C3}"
    }
}
