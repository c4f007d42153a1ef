// SPDX-License-Identifier: Apache-2.0

extension OperatorRegistry {
    /// The domain of operators that graph passes put in; no file may use it.
    package static let internalDomain = "onnxlm"

    /// The operators that graph passes put in, in alphabetical order.
    static let internalOperators: [OperatorDefinition] = [
        .init("GroupQueryAttention", domain: internalDomain, 1...1, InFloat32<GroupQueryAttention>.self),
        .init("LastPositions", domain: internalDomain, 1...1, LastPositions.self),
        .init("MatMulNBitsGroup", domain: internalDomain, 1...1, InFloat32<MatMulNBitsGroup>.self),
        .init("NormMatMulNBits", domain: internalDomain, 1...1, NormMatMulNBits.self),
        .init("SiluMultiply", domain: internalDomain, 1...1, SiluMultiply.self),
    ]
}
