// SPDX-License-Identifier: Apache-2.0
#if Command
    import Foundation

    /// A number of bytes for people: `4.86 GB`, `52.1 MB`, `880 bytes`.
    struct ByteAmount: CustomStringConvertible {
        private let count: Int

        init(_ count: Int) { self.count = count }

        var description: String {
            for (unit, size) in [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)] where Double(count) >= size {
                return String(format: "%.3g %@", Double(count) / size, unit)
            }
            return "\(count) bytes"
        }
    }
#endif
