// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import ONNXTestSupport
import Testing

/// A call of one operator with what must come of it: the output or the code of the error.
struct OperatorCase: Sendable, CustomTestStringConvertible {
    enum Expected: Sendable {
        case tensor(Tensor)
        case error(ONNXError.Code)
    }

    let name: String
    let type: String
    /// ``microsoft``, or empty for ONNX's own.
    var domain = ""
    var version = 21
    var attributes: [String: Attribute] = [:]
    let inputs: [Tensor?]
    var outputCount = 1
    let expected: Expected
    /// How far, relative to 1 + |expected|, a floating-point result may be.
    var nearness: Float = 0

    /// Some units in the last place of float32: what functions of the C library and NumPy's differ by.
    static let functionNearness: Float = 4e-6

    var testDescription: String { "\(type): \(name)" }

    /// The first output is this one, bit for bit.
    static func gives(
        _ name: String, _ type: String, domain: String = "", version: Int = 21,
        _ attributes: [String: Attribute], _ inputs: [Tensor?], _ output: Tensor, outputs: Int = 1
    ) -> OperatorCase {
        OperatorCase(
            name: name, type: type, domain: domain, version: version, attributes: attributes, inputs: inputs,
            outputCount: outputs, expected: .tensor(output))
    }

    /// The first output is nearly this one.
    static func near(
        _ name: String, _ type: String, domain: String = "", version: Int = 21,
        _ attributes: [String: Attribute], _ inputs: [Tensor?], _ output: Tensor, outputs: Int = 1
    ) -> OperatorCase {
        var result = gives(
            name, type, domain: domain, version: version, attributes, inputs, output, outputs: outputs)
        result.nearness = functionNearness
        return result
    }

    static func throwing(
        _ name: String, _ code: ONNXError.Code, _ type: String, domain: String = "", version: Int = 21,
        _ attributes: [String: Attribute], _ inputs: [Tensor?], outputs: Int = 1
    ) -> OperatorCase {
        OperatorCase(
            name: name, type: type, domain: domain, version: version, attributes: attributes, inputs: inputs,
            outputCount: outputs, expected: .error(code))
    }

    static func gives(
        _ name: String, _ type: String, domain: String = "", version: Int = 21, _ inputs: [Tensor?],
        _ output: Tensor, outputs: Int = 1
    ) -> OperatorCase {
        gives(name, type, domain: domain, version: version, [:], inputs, output, outputs: outputs)
    }

    static func near(
        _ name: String, _ type: String, domain: String = "", version: Int = 21, _ inputs: [Tensor?],
        _ output: Tensor, outputs: Int = 1
    ) -> OperatorCase {
        near(name, type, domain: domain, version: version, [:], inputs, output, outputs: outputs)
    }

    static func throwing(
        _ name: String, _ code: ONNXError.Code, _ type: String, domain: String = "", version: Int = 21,
        _ inputs: [Tensor?], outputs: Int = 1
    ) -> OperatorCase {
        throwing(name, code, type, domain: domain, version: version, [:], inputs, outputs: outputs)
    }

    /// Nothing where the outcome is as expected, else what is wrong.
    func failure() -> String? {
        do { try export() } catch { return "cannot be exported: \(error)" }
        do throws(ONNXError) {
            let output = try OperatorEvaluator.run(
                type, domain: domain, version: domain.isEmpty ? version : 1, attributes, inputs: inputs,
                outputCount: outputCount)[0]
            switch expected {
            case .error(let code): return "gave \(output) instead of \(code)"
            case .tensor(let wanted):
                guard output.elementType == wanted.elementType, output.shape == wanted.shape else {
                    return "gave \(output) instead of \(wanted)"
                }
                return Self.bytes(output) == Self.bytes(wanted) || isNear(output, wanted)
                    ? nil : "gave \(Self.text(output)) instead of \(Self.text(wanted))"
            }
        } catch {
            if case .error(let code) = expected { return error.code == code ? nil : "threw \(error)" }
            return "threw \(error)"
        }
    }

    private func isNear(_ output: Tensor, _ wanted: Tensor) -> Bool {
        guard let given = try? output.values(as: Float.self),
            let expected = try? wanted.values(as: Float.self)
        else { return false }
        return zip(given, expected).allSatisfy { a, b in
            a == b || a.isNaN && b.isNaN || b.isFinite && abs(a - b) <= nearness * (1 + abs(b))
        }
    }

    private static func bytes(_ tensor: Tensor) -> [UInt8] { tensor.withUnsafeBytes { Array($0) } }

    private static func text(_ tensor: Tensor) -> String {
        switch tensor.elementType {
        case .float32: "\((try? tensor.values(as: Float.self)) ?? [])"
        case .float64: "\((try? tensor.values(as: Double.self)) ?? [])"
        case .bool: "\((try? tensor.values(as: Bool.self)) ?? [])"
        default: "\((try? tensor.integers()) ?? [])"
        }
    }
}

func t<Element: TensorElement>(_ values: [Element], _ shape: [Int]? = nil) -> Tensor {
    try! Tensor(values, shape: shape ?? [values.count])
}

func f(_ values: [Float], _ shape: [Int]? = nil) -> Tensor { t(values, shape) }

func i64(_ values: [Int64], _ shape: [Int]? = nil) -> Tensor { t(values, shape) }

/// The domain of the contributed operators.
let microsoft = "com.microsoft"

func scalar<Element: TensorElement>(_ value: Element) -> Tensor { t([value], []) }
