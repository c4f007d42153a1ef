// SPDX-License-Identifier: Apache-2.0

/// The usual alphabet of base64, with padding.
enum Base64 {
    /// The bytes, or nil where the text is not base64.
    static func decode(_ text: String) -> [UInt8]? {
        let units = Array(text.utf8)
        guard units.count % 4 == 0 else { return nil }
        let padding = units.suffix(2).reversed().prefix { $0 == 0x3D }.count
        var result: [UInt8] = []
        result.reserveCapacity(units.count / 4 * 3)
        var value: UInt32 = 0
        for (index, unit) in units.enumerated() {
            var digit: UInt32 = 0
            switch unit {
            case 0x41...0x5A: digit = UInt32(unit) - 0x41
            case 0x61...0x7A: digit = UInt32(unit) - 0x61 + 26
            case 0x30...0x39: digit = UInt32(unit) - 0x30 + 52
            case 0x2B: digit = 62
            case 0x2F: digit = 63
            default: guard index >= units.count - padding else { return nil }
            }
            value = value << 6 | digit
            guard index % 4 == 3 else { continue }
            for shift: UInt32 in [16, 8, 0] { result.append(UInt8(truncatingIfNeeded: value >> shift)) }
            value = 0
        }
        result.removeLast(padding)
        return result
    }
}
