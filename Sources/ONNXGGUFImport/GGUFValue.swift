// SPDX-License-Identifier: Apache-2.0

/// A metadata value of a GGUF file.
package enum GGUFValue: Sendable, Equatable {
    case integer(Int)
    /// An unsigned 64-bit number beyond `Int.max`.
    case large(UInt64)
    case float(Double)
    case bool(Bool)
    case string(String)
    case integers([Int])
    case floats([Double])
    case bools([Bool])
    case strings([String])

    /// The kind as messages name it.
    package var kind: String {
        switch self {
        case .integer, .large: "an integer"
        case .float: "a float"
        case .bool: "a boolean"
        case .string: "a string"
        case .integers: "a list of integers"
        case .floats: "a list of floats"
        case .bools: "a list of booleans"
        case .strings: "a list of strings"
        }
    }
}
