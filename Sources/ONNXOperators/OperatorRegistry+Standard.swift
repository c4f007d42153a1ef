// SPDX-License-Identifier: Apache-2.0

extension OperatorRegistry {
    /// The operators of ONNX's own domain, in alphabetical order.
    static let standardOperators: [OperatorDefinition] = [
        .init("Identity", 1...newestVersion, Identity.self),
        .init("Shape", 1...newestVersion, ShapeOperator.self),
    ]
}
