// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

/// The name of a model: `OWNER/NAME` of a hub, and the folder in that repository that holds the model.
package struct ModelID: Sendable, Hashable, CustomStringConvertible {
    package let owner: String
    package let name: String
    /// Empty for the repository's own folder.
    package let subfolder: [String]

    /// - Throws: `store.name` saying what is wrong with it.
    package init(_ text: String) throws(ONNXError) {
        func refuse(_ why: String) -> ONNXError {
            ONNXError(
                "store.name",
                "\"\(text.prefix(120))\" names no model: \(why). Expected is OWNER/NAME or OWNER/NAME/SUBFOLDER."
            )
        }
        var parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 2, parts.last == "" { parts.removeLast() }
        guard parts.count >= 2 else { throw refuse("it has no owner") }
        for part in parts.prefix(2) {
            if let why = Self.objection(toRepositoryPart: part) { throw refuse(why) }
        }
        for part in parts.dropFirst(2) {
            if let why = FileName.objection(toComponent: part) { throw refuse(why) }
        }
        owner = parts[0]
        name = parts[1]
        subfolder = Array(parts.dropFirst(2))
        guard folderName.utf8.count <= 200 else { throw refuse("it is too long") }
    }

    /// `OWNER/NAME`.
    package var repository: String { "\(owner)/\(name)" }

    package var description: String { ([owner, name] + subfolder).joined(separator: "/") }

    /// The folder of the model in the folder of its owner. The hub allows no `--` in names, so that the models of one
    /// repository lie beside each other and not in each other.
    var folderName: String { ([name] + subfolder).joined(separator: "--") }

    /// What is wrong with an owner or a name; nil when nothing is.
    private static func objection(toRepositoryPart part: String) -> String? {
        if part.isEmpty { return "a part is empty" }
        if part.utf8.count > 96 { return "a part is longer than 96 characters" }
        let allowed = part.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains($0)
        }
        guard allowed else { return "only letters, digits, \"-\", \"_\" and \".\" are allowed" }
        if part.hasPrefix(".") || part.hasPrefix("-") { return "a part begins with \"\(part.prefix(1))\"" }
        return part.contains("--") || part.contains("..") ? "a part has \"--\" or \"..\"" : nil
    }
}

/// A model and the revision that is wanted of it: `OWNER/NAME[/SUBFOLDER][@REVISION]`.
package struct ModelReference: Sendable, Hashable, CustomStringConvertible {
    package let id: ModelID
    /// A branch, tag or commit; nil for `main`.
    package let revision: String?

    /// - Throws: `store.name`.
    package init(_ text: String) throws(ONNXError) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        id = try ModelID(parts[0])
        revision = parts.count > 1 ? parts[1] : nil
        if let revision, let why = FileName.objection(to: revision) {
            throw ONNXError("store.name", "The revision \"\(revision.prefix(80))\" is refused: \(why).")
        }
    }

    package var description: String { id.description + (revision.map { "@\($0)" } ?? "") }
}

/// Names of files that come from outside.
package enum FileName {
    /// What is wrong with a relative path; nil when nothing is.
    package static func objection(to path: String) -> String? {
        if path.utf8.count > 1024 { return "it is longer than 1024 bytes" }
        if path.hasPrefix("/") { return "it is absolute" }
        for component in path.split(separator: "/", omittingEmptySubsequences: false) {
            if let why = objection(toComponent: String(component)) { return why }
        }
        return nil
    }

    /// What is wrong with the name of a file or folder; nil when nothing is.
    package static func objection(toComponent name: String) -> String? {
        if name.isEmpty { return "it has an empty component" }
        if name == "." || name == ".." { return "it has a component \"\(name)\"" }
        if name.utf8.count > 200 { return "it has a component of more than 200 bytes" }
        for byte in name.utf8 {
            if byte == 0 { return "it contains a NUL byte" }
            if byte == UInt8(ascii: "\\") { return "it contains a backslash" }
            if byte < 32 || byte == 127 { return "it contains a control character" }
        }
        return nil
    }
}
