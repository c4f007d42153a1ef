// SPDX-License-Identifier: Apache-2.0

extension OperatorRegistry {
    /// The operators of the domain `com.microsoft`, and those that its exporters put into ONNX's own domain, in
    /// alphabetical order.
    static let contributedOperators: [OperatorDefinition] = [
        .init("GatherBlockQuantized", domain: microsoft, 1...1, InFloat32<GatherBlockQuantized>.self),
        .init("GroupQueryAttention", domain: microsoft, 1...1, InFloat32<GroupQueryAttention>.self),
        .init("MatMulNBits", domain: microsoft, 1...1, InFloat32<MatMulNBits>.self),
        .init(
            "SimplifiedLayerNormalization", 1...newestVersion, InFloat32<SimplifiedLayerNormalization>.self),
        .init("SkipLayerNormalization", domain: microsoft, 1...1, InFloat32<SkipLayerNormalization>.self),
        .init(
            "SkipSimplifiedLayerNormalization", domain: microsoft, 1...1,
            InFloat32<SkipSimplifiedLayerNormalization>.self),
    ]

    private static let microsoft = "com.microsoft"
}
