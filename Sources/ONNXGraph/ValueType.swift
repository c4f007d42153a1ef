// SPDX-License-Identifier: Apache-2.0
public import ONNXTensors

/// One dimension of a declared shape.
public enum Dimension: Sendable, Hashable, CustomStringConvertible {
    case fixed(Int)
    case symbolic(String)
    case unknown

    public var description: String {
        switch self {
        case .fixed(let length): String(length)
        case .symbolic(let name): name
        case .unknown: "?"
        }
    }
}

/// The declared type of a graph's input, output or value.
public indirect enum ValueType: Sendable, Hashable, CustomStringConvertible {
    /// A dense tensor; the dimensions are nil where the file does not declare a shape.
    case tensor(ElementType, [Dimension]?)
    case sparseTensor(ElementType, [Dimension]?)
    case sequence(ValueType)
    case optional(ValueType)
    case map(key: ElementType, value: ValueType)

    public var description: String {
        switch self {
        case .tensor(let type, let dimensions):
            dimensions.map { "\(type)[\($0.map(\.description).joined(separator: ", "))]" } ?? "\(type)[...]"
        case .sparseTensor(let type, _): "sparse(\(type))"
        case .sequence(let element): "sequence(\(element))"
        case .optional(let element): "optional(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        }
    }
}

/// A name with its declared type.
public struct ValueInfo: Sendable, Hashable {
    public let name: String
    /// Nil where the file gives no type.
    public let type: ValueType?

    public init(name: String, type: ValueType?) {
        self.name = name
        self.type = type
    }
}
