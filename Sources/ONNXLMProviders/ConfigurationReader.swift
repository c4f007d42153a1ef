// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXJSON
    import ONNXLM

    /// Reads an object of the configuration, with errors that name the member.
    struct ConfigurationReader {
        let json: JSONObject
        let place: String

        /// - Parameter known: the members that it may have; nil for any.
        /// - Throws: `config.type`, and `config.unknown_key` for a member that means nothing here.
        init(_ value: JSONValue, _ place: String, known: [String]? = nil) throws(ONNXError) {
            guard let json = value.objectValue else {
                throw ONNXError("config.type", "\(place) is \(value.kindName); it has to be an object.")
            }
            self.json = json
            self.place = place
            guard let known else { return }
            for key in json.keys where !known.contains(key) {
                throw ONNXError(
                    "config.unknown_key",
                    "\(place) has the member \"\(key)\", which means nothing. It may have: "
                        + known.joined(separator: ", ") + ".")
            }
        }

        private func wrong(_ key: String, _ wanted: String) -> ONNXError {
            ONNXError(
                "config.type",
                "\(place).\(key) is \((json[key] ?? .null).kindName); it has to be \(wanted).")
        }

        func text(_ key: String) throws(ONNXError) -> String? {
            guard let value = json[key], !value.isNull else { return nil }
            guard let text = value.stringValue else { throw wrong(key, "a string") }
            return text
        }

        func truth(_ key: String) throws(ONNXError) -> Bool? {
            guard let value = json[key], !value.isNull else { return nil }
            guard let truth = value.boolValue else { throw wrong(key, "true or false") }
            return truth
        }

        /// A finite number that is not negative.
        func number(_ key: String) throws(ONNXError) -> Double? {
            guard let value = json[key], !value.isNull else { return nil }
            guard let number = value.doubleValue, number.isFinite, number >= 0, number < 1e9 else {
                throw wrong(key, "a number of 0 or more and less than 1e9")
            }
            return number
        }

        func count(_ key: String) throws(ONNXError) -> Int? {
            guard let number = try number(key) else { return nil }
            guard let count = Int(exactly: number), count <= 1_000_000 else {
                throw wrong(key, "a whole number up to 1000000")
            }
            return count
        }

        func object(_ key: String, known: [String]? = nil) throws(ONNXError) -> ConfigurationReader? {
            guard let value = json[key], !value.isNull else { return nil }
            return try ConfigurationReader(value, "\(place).\(key)", known: known)
        }

        /// Where a key is: `{"environment": NAME}` or `{"file": PATH}`.
        func key(_ key: String) throws(ONNXError) -> ProviderEntry.KeySource? {
            guard let value = json[key], !value.isNull else { return nil }
            // The message does not repeat the text, which is likely a key.
            guard value.stringValue == nil else {
                throw ONNXError(
                    "config.key",
                    "\(place).\(key) is a text; keys do not belong in a configuration. Write {\"environment\": NAME} "
                        + "or {\"file\": PATH}.")
            }
            let reader = try ConfigurationReader(value, "\(place).\(key)", known: ["environment", "file"])
            if let name = try reader.text("environment") { return .environment(name) }
            if let path = try reader.text("file") { return .file(path) }
            throw ONNXError(
                "config.key", "\(place).\(key) has neither \"environment\" nor \"file\".")
        }
    }
#endif
