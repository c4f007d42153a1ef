// SPDX-License-Identifier: Apache-2.0

/// Byte counts as messages write them.
enum ByteText {
    /// `"4.8 GB (4855775232 bytes)"`, or `"512 bytes"` where a unit says no more.
    static func describe(_ count: Int) -> String {
        let units: [(Int, String)] = [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB")]
        for (size, unit) in units where count >= size {
            return "\(count / size).\(count % size / (size / 10)) \(unit) (\(count) bytes)"
        }
        return "\(count) bytes"
    }
}
