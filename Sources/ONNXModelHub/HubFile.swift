// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXErrors
    import ONNXJSON
    import ONNXModelStore

    /// A file of a repository, as the hub lists it.
    struct HubFile: Sendable, Hashable {
        /// From the repository's root.
        let path: String
        let byteCount: Int
        /// 64 digits of SHA-256 for large files, 40 digits of Git's own sum for others; nil when the hub gives none.
        let sum: String?

        var folder: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "" }
        var name: String { Disk.name(of: path) }

        init(path: String, byteCount: Int, sum: String?) {
            self.path = path
            self.byteCount = byteCount
            self.sum = sum
        }

        /// Reads an entry of the hub's list; nil for folders.
        ///
        /// - Throws: `pull.bad_name` for a name that could lead out of the model's folder, `pull.listing`.
        init?(_ json: JSONValue) throws(ONNXError) {
            guard json["type"]?.stringValue != "directory" else { return nil }
            guard let path = json["path"]?.stringValue else {
                throw ONNXError("pull.listing", "The hub lists a file without a name.")
            }
            if let why = FileName.objection(to: path) {
                throw ONNXError(
                    "pull.bad_name",
                    "The hub lists a file \"\(path.prefix(80))\", which is refused: \(why). Nothing was written."
                )
            }
            let large = json["lfs"]
            guard let size = (large?["size"] ?? json["size"])?.intValue, size >= 0, size < 1 << 50 else {
                throw ONNXError("pull.listing", "The hub gives no proper size for \"\(path.prefix(80))\".")
            }
            var sum: String?
            if let text = (large?["oid"] ?? large?["sha256"])?.stringValue {
                sum = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
                guard Hexadecimal.isText(sum ?? "", count: 64) else {
                    throw ONNXError("pull.listing", "The hub gives no proper sum for \"\(path.prefix(80))\".")
                }
            } else if let text = json["oid"]?.stringValue, Hexadecimal.isText(text, count: 40) {
                sum = text
            }
            self.init(path: path, byteCount: size, sum: sum)
        }
    }
#endif
