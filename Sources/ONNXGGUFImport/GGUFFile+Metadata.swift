// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension GGUFFile {
    private func value<Value>(
        _ key: String, _ expected: String, _ convert: (GGUFValue) -> Value?
    ) throws(ONNXError) -> Value? {
        guard let value = metadata[key] else { return nil }
        guard let result = convert(value) else {
            throw ONNXError("gguf.metadata_type", "\"\(key)\" is \(value.kind), not \(expected).")
        }
        return result
    }

    /// A value that must be there.
    ///
    /// - Throws: `gguf.metadata_missing`.
    func required<Value>(_ key: String, _ value: Value?) throws(ONNXError) -> Value {
        guard let value else {
            throw ONNXError("gguf.metadata_missing", "The file's metadata lacks \"\(key)\".")
        }
        return value
    }

    func string(_ key: String) throws(ONNXError) -> String? {
        try value(key, "a string") { if case .string(let text) = $0 { text } else { nil } }
    }

    func strings(_ key: String) throws(ONNXError) -> [String]? {
        try value(key, "a list of strings") {
            if case .strings(let texts) = $0 { texts } else { nil }
        }
    }

    func integers(_ key: String) throws(ONNXError) -> [Int]? {
        try value(key, "a list of integers") {
            if case .integers(let numbers) = $0 { numbers } else { nil }
        }
    }

    func bool(_ key: String) throws(ONNXError) -> Bool? {
        try value(key, "a boolean") { if case .bool(let flag) = $0 { flag } else { nil } }
    }

    /// An integer between `range`'s bounds.
    ///
    /// - Throws: `gguf.metadata_type`, `gguf.metadata_range`.
    func integer(_ key: String, in range: ClosedRange<Int>) throws(ONNXError) -> Int? {
        guard
            let number = try value(
                key, "an integer",
                { if case .integer(let number) = $0 { number } else { nil } })
        else { return nil }
        guard range.contains(number) else {
            throw ONNXError(
                "gguf.metadata_range",
                "\"\(key)\" is \(number); it must lie between \(range.lowerBound) and \(range.upperBound).")
        }
        return number
    }

    /// A positive, finite number.
    ///
    /// - Throws: `gguf.metadata_type`, `gguf.metadata_range`.
    func positive(_ key: String) throws(ONNXError) -> Double? {
        let number = try value(key, "a number") { (value: GGUFValue) -> Double? in
            switch value {
            case .float(let number): number
            case .integer(let number): Double(number)
            default: nil
            }
        }
        guard let number else { return nil }
        guard number.isFinite, number > 0 else {
            throw ONNXError("gguf.metadata_range", "\"\(key)\" is \(number); it must be a positive number.")
        }
        return number
    }

    /// A tensor of the given dimensions, the fastest first.
    ///
    /// - Throws: `gguf.tensor_missing`, `gguf.tensor_shape`, `gguf.tensor_type`.
    func tensor(_ name: String, _ dimensions: [Int]) throws(ONNXError) -> (GGUFTensor, GGUFTensorType) {
        guard let tensor = tensors[name] else {
            throw ONNXError("gguf.tensor_missing", "The file lacks tensor \"\(name)\".")
        }
        guard tensor.dimensions == dimensions else {
            throw ONNXError(
                "gguf.tensor_shape",
                "Tensor \"\(name)\" has dimensions \(tensor.dimensions); the metadata ask for \(dimensions).")
        }
        guard let type = GGUFTensorType(rawValue: tensor.typeCode) else {
            throw ONNXError(
                "gguf.tensor_type",
                "Tensor \"\(name)\" is stored as \(GGUFTensorType.name(of: tensor.typeCode)), which is not supported; supported are F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K and Q6_K."
            )
        }
        return (tensor, type)
    }
}
