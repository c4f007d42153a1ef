// SPDX-License-Identifier: Apache-2.0
import ONNXJSON

/// A folder in which a model is put together before it gets its name.
package struct PartialModel: Sendable {
    /// The file in it that says how far it is.
    package static let stateFileName = ".onnxlm-pull.json"

    private static let ending = ".incoming"

    package let path: String

    /// The folder for putting together what shall stand at `target`.
    package static func path(beside target: String) -> String {
        "\(Disk.parent(of: target))/.\(Disk.name(of: target))\(ending)"
    }

    /// The path that a folder of this kind is to get; nil when it is none.
    static func target(ofPath path: String) -> String? {
        let name = Disk.name(of: path)
        guard name.hasPrefix("."), name.hasSuffix(ending), name.count > ending.count + 1,
            Disk.entry("\(path)/\(stateFileName)") != nil
        else { return nil }
        return "\(Disk.parent(of: path))/\(name.dropFirst().dropLast(ending.count))"
    }

    /// The unfinished download that would stand at `target`; nil when there is none.
    package init?(beside target: String) {
        self.init(path: Self.path(beside: target))
    }

    init?(path: String) {
        guard Self.target(ofPath: path) != nil else { return nil }
        self.path = path
    }

    /// Bytes that have arrived, and bytes in all, as far as is known.
    package var progress: (done: Int, total: Int) {
        guard let json = try? JSONValue(contentsOf: "\(path)/\(Self.stateFileName)") else { return (0, 0) }
        var done = 0
        var total = 0
        for file in json["files"]?.arrayValue ?? [] {
            total &+= max(0, file["bytes"]?.intValue ?? 0)
            for range in file["landed"]?.arrayValue ?? [] {
                guard let start = range[0]?.intValue, let end = range[1]?.intValue, end > start else {
                    continue
                }
                done &+= end &- start
            }
        }
        return (done, total)
    }
}
