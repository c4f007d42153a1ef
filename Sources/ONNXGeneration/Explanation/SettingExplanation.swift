// SPDX-License-Identifier: Apache-2.0
package import ONNXJSON

/// What becomes of one value in one configuration file.
package struct SettingExplanation: Sendable, Hashable {
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// Decides something here.
        case acts
        /// Another value, of this or another file, decides in its place.
        case overridden
        /// Decides nothing here.
        case ignored
        /// Disagrees with another value; the note says which of them counts.
        case contradicts
        /// Not known here, and without effect.
        case unknown
    }

    package let file: String
    /// The dotted path of the value; empty for a file that is one value.
    package let key: String
    package let value: JSONValue
    package let outcome: Outcome
    package let note: String

    package init(_ file: String, _ key: String, _ value: JSONValue, _ outcome: Outcome, _ note: String = "") {
        self.file = file
        self.key = key
        self.value = value
        self.outcome = outcome
        self.note = note
    }
}
