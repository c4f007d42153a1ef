// SPDX-License-Identifier: Apache-2.0

/// CRC-32 as in zlib.
struct Checksum {
    private(set) var value: UInt32 = 0

    private static let table: [UInt32] = (0..<256).map { (byte: UInt32) in
        (0..<8).reduce(byte) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    mutating func add(_ bytes: some Sequence<UInt8>) {
        var state = ~value
        Self.table.withUnsafeBufferPointer { table in
            for byte in bytes { state = table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ state >> 8 }
        }
        value = ~state
    }

    /// Adds numbers of 32 bits, lowest byte first.
    mutating func add(_ numbers: [Int]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(numbers.count * 4)
        for number in numbers {
            for shift in stride(from: 0, to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        add(bytes)
    }
}
