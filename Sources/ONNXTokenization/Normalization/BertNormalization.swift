// SPDX-License-Identifier: Apache-2.0

/// The settings of the normalizer of BERT's family.
struct BertNormalization: Sendable {
    var cleansText: Bool
    var handlesChineseCharacters: Bool
    var stripsAccents: Bool
    var lowercases: Bool

    func apply(to text: NormalizedText) -> NormalizedText {
        var text = text
        if cleansText { text = text.cleaned(removed: .control, blank: .blank) }
        if handlesChineseCharacters { text = text.spacingIdeographs() }
        if stripsAccents { text = text.normalized(.decomposed).removing(.nonspacing) }
        if lowercases { text = text.lowercased() }
        return text
    }
}
