// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXErrors
    import ONNXJSON
    import ONNXModelStore

    /// How far a download is, as it stands beside the bytes that have arrived, so that any process can go on.
    struct PullState: Sendable {
        /// A file that is wanted.
        struct Item: Sendable {
            /// Its name in the model's folder.
            var name: String
            var file: HubFile
            /// What the server that sends the bytes called their version, when it began.
            var entityTag: String?
            /// What has been written.
            var landed = RangeSet()
            /// What the disk is known to have, should the machine lose power.
            var synchronized = RangeSet()
            /// The sum of the complete file under its own name; nil while it is not complete.
            var sha256: String?

            var isComplete: Bool { sha256 != nil }
        }

        let model: String
        let endpoint: String
        let commit: String
        let revision: String?
        var items: [Item] = []

        init(model: String, endpoint: String, commit: String, revision: String?) {
            self.model = model
            self.endpoint = endpoint
            self.commit = commit
            self.revision = revision
        }

        /// Reads the state in a folder; nil where there is none that can be used.
        init?(folder: String) {
            guard let json = try? JSONValue(contentsOf: "\(folder)/\(PartialModel.stateFileName)"),
                json["format"]?.intValue == 1, let model = json["model"]?.stringValue,
                let endpoint = json["endpoint"]?.stringValue, let commit = json["commit"]?.stringValue
            else { return nil }
            self.init(
                model: model, endpoint: endpoint, commit: commit, revision: json["revision"]?.stringValue)
            let isSameBoot = json["boot"]?.stringValue == Self.boot
            for row in json["files"]?.arrayValue ?? [] {
                guard let name = row["name"]?.stringValue, FileName.objection(to: name) == nil,
                    let path = row["path"]?.stringValue, let count = row["bytes"]?.intValue, count >= 0
                else { return nil }
                var item = Item(
                    name: name, file: HubFile(path: path, byteCount: count, sum: row["sum"]?.stringValue))
                item.entityTag = row["etag"]?.stringValue
                item.sha256 = row["sha256"]?.stringValue
                item.synchronized = Self.ranges(row["synchronized"], upTo: count)
                // What was only written is lost when the machine has stopped since.
                item.landed = isSameBoot ? Self.ranges(row["landed"], upTo: count) : item.synchronized
                items.append(item)
            }
        }

        private static func ranges(_ json: JSONValue?, upTo end: Int) -> RangeSet {
            RangeSet(
                (json?.arrayValue ?? []).compactMap { row in
                    guard let start = row[0]?.intValue, let end = row[1]?.intValue, start >= 0, end > start
                    else { return nil }
                    return start..<end
                }, upTo: end)
        }

        /// Names the time since the machine started; empty where the system has no such name.
        private static let boot: String = {
            let text = Disk.text("/proc/sys/kernel/random/boot_id", byteLimit: 64) ?? ""
            return String(text.prefix { $0 != "\n" })
        }()

        /// Writes the state into a folder, whole or not at all.
        ///
        /// - Parameter durably: waits until the disk has it.
        /// - Throws: `io.*`.
        func write(toFolder folder: String, durably: Bool) throws(ONNXError) {
            func list(_ set: RangeSet) -> JSONValue {
                .array(
                    set.ranges.map {
                        [.number(.integer($0.lowerBound)), .number(.integer($0.upperBound))]
                    })
            }
            var object = JSONObject()
            object["format"] = .number(.integer(1))
            for (key, value) in [
                ("model", model), ("endpoint", endpoint), ("commit", commit), ("revision", revision),
                ("boot", Self.boot),
            ] {
                if let value { object[key] = .string(value) }
            }
            object["files"] = .array(
                items.map { item in
                    var row = JSONObject()
                    row["name"] = .string(item.name)
                    row["path"] = .string(item.file.path)
                    row["bytes"] = .number(.integer(item.file.byteCount))
                    for (key, value) in [
                        ("sum", item.file.sum), ("etag", item.entityTag), ("sha256", item.sha256),
                    ] {
                        if let value { row[key] = .string(value) }
                    }
                    row["landed"] = list(item.landed)
                    row["synchronized"] = list(item.synchronized)
                    return .object(row)
                })
            try DiskFile.writeWhole(
                JSONValue.object(object).jsonText(), to: "\(folder)/\(PartialModel.stateFileName)",
                durably: durably)
        }
    }
#endif
