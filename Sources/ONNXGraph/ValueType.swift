// SPDX-License-Identifier: Apache-2.0
public import ONNXTensors

/// One dimension of a declared shape.
///
///     let declared: [Dimension] = [.symbolic("batch"), .fixed(3), .unknown]
///     for dimension in declared {
///         switch dimension {
///         case .fixed(let length): print(length)  // 3
///         case .symbolic(let name): print(name)  // batch
///         case .unknown: print("any length")  // any length
///         }
///     }
public enum Dimension: Sendable, Hashable, CustomStringConvertible {
    /// Always this length.
    case fixed(Int)
    /// A name for a length that each run chooses; the same for all dimensions of the name.
    case symbolic(String)
    /// Any length.
    case unknown

    /// The length, the name, or `?`.
    public var description: String {
        switch self {
        case .fixed(let length): String(length)
        case .symbolic(let name): name
        case .unknown: "?"
        }
    }
}

/// The declared type of a graph's input, output or value.
///
///     func describe(_ type: ValueType) -> String {
///         switch type {
///         case .tensor(let element, let dimensions): "\(element) of rank \(dimensions?.count ?? 0)"
///         case .sparseTensor(let element, _): "sparse \(element)"
///         case .sequence(let inner): "a row of \(describe(inner))"
///         case .optional(let inner): "perhaps \(describe(inner))"
///         case .map(let key, let value): "\(key) to \(describe(value))"
///         }
///     }
///     print(describe(.sequence(.tensor(.float32, [.symbolic("batch"), .fixed(4)]))))  // a row of float of rank 2
public indirect enum ValueType: Sendable, Hashable, CustomStringConvertible {
    /// A dense tensor; the dimensions are nil where the file does not declare a shape.
    case tensor(ElementType, [Dimension]?)
    /// A tensor of which the file holds the elements that are not zero.
    case sparseTensor(ElementType, [Dimension]?)
    /// A row of values of one type.
    case sequence(ValueType)
    /// A value that may be missing.
    case optional(ValueType)
    /// A dictionary.
    case map(key: ElementType, value: ValueType)

    /// As `onnxlm inspect` shows it: `float[batch, 3]`.
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
///
///     let model = try InferenceModel.load(from: "model.onnx")
///     for input in model.inputs {
///         print(input.name, input.type?.description ?? "untyped")
///     }
public struct ValueInfo: Sendable, Hashable {
    /// The name that a run gives the value by.
    public let name: String
    /// Nil where the file gives no type.
    public let type: ValueType?

    package init(name: String, type: ValueType?) {
        self.name = name
        self.type = type
    }
}
