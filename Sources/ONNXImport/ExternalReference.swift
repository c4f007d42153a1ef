// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Where a tensor's elements stand outside the model file, as its `external_data` entries say.
struct ExternalReference: Equatable {
    var location: String
    var offset: Int
    /// Nil where the file leaves it to the shape.
    var length: Int?
    /// A SHA-1 sum of the whole data file, in hexadecimal digits.
    var checksum: String?
    /// Keys that mean nothing to us.
    var unknownKeys: [String]

    /// Reads the entries strictly.
    ///
    /// - Throws: `external_data.duplicate_key`, `.no_location`, `.location`, `.number` or `.range`.
    init(entries: [(key: String, value: String)]) throws(ONNXError) {
        var values: [String: String] = [:]
        unknownKeys = []
        for (key, value) in entries {
            guard values.updateValue(value, forKey: key) == nil else {
                throw ONNXError("external_data.duplicate_key", "The key \"\(key.prefix(40))\" stands twice.")
            }
            switch key {
            case "location", "offset", "length", "checksum", "basepath": break
            default: unknownKeys.append(String(key.prefix(40)))
            }
        }
        guard let location = values["location"] else {
            throw ONNXError(
                "external_data.no_location", "The entry \"location\", which names the data file, is missing.")
        }
        if let reason = ExternalReference.objection(to: location) {
            throw ONNXError(
                "external_data.location",
                "The data file's name \"\(location.prefix(80))\" is refused: \(reason). It must be a path inside the model's folder."
            )
        }
        self.location = location
        self.offset = 0
        if let text = values["offset"] { offset = try ExternalReference.number(text, "offset") }
        if let text = values["length"] { length = try ExternalReference.number(text, "length") }
        checksum = values["checksum"]
        if let length, offset.addingReportingOverflow(length).overflow {
            throw ONNXError(
                "external_data.range", "Offset \(offset) and length \(length) add up to more than 63 bits.")
        }
    }

    /// What is wrong with the name of a data file; nil when nothing is.
    static func objection(to location: String) -> String? {
        if location.isEmpty { return "it is empty" }
        if location.utf8.count > 4096 { return "it is longer than 4096 bytes" }
        if location.utf8.contains(0) { return "it contains a NUL byte" }
        if location.utf8.contains(UInt8(ascii: "\\")) { return "it contains a backslash" }
        if location.hasPrefix("/") { return "it is absolute" }
        for component in location.split(separator: "/", omittingEmptySubsequences: false) {
            if component.isEmpty { return "it has an empty component" }
            if component == "." || component == ".." { return "it has a component \"\(component)\"" }
            if component.utf8.count > 255 { return "it has a component of more than 255 bytes" }
        }
        return nil
    }

    /// A non-negative decimal number: digits only.
    private static func number(_ text: String, _ key: String) throws(ONNXError) -> Int {
        guard !text.isEmpty, text.utf8.count <= 40,
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let value = Int(text)
        else {
            throw ONNXError(
                "external_data.number",
                "The \(key) \"\(text.prefix(40))\" is not a decimal number between 0 and 2^63-1.")
        }
        return value
    }
}
