// SPDX-License-Identifier: Apache-2.0

/// What some vocabularies spell characters with by their place in a word: a mark before all but the first, and one
/// behind the last.
struct WordAffixes: Sendable {
    let prefix: [UInt8]
    let suffix: [UInt8]

    var areEmpty: Bool { prefix.isEmpty && suffix.isEmpty }

    /// The spelling of a character.
    func spelling(of character: some Collection<UInt8>, isFirst: Bool, isLast: Bool) -> [UInt8] {
        (isFirst ? [] : prefix) + Array(character) + (isLast ? suffix : [])
    }
}
