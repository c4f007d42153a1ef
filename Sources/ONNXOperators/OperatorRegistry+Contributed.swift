// SPDX-License-Identifier: Apache-2.0

extension OperatorRegistry {
    /// The operators of the domain `com.microsoft`, and those that its exporters put into ONNX's own domain, in
    /// alphabetical order.
    static let contributedOperators: [OperatorDefinition] = [
        .init("Attention", domain: microsoft, 1...1, InFloat32<ContributedAttention>.self),
        .init("BiasGelu", domain: microsoft, 1...1, InFloat32<BiasGelu>.self),
        .init("CausalConvWithState", domain: microsoft, 1...1, InFloat32<CausalConvWithState>.self),
        .init("DynamicQuantizeMatMul", domain: microsoft, 1...1, InFloat32<DynamicQuantizeMatMul>.self),
        .init("FastGelu", domain: microsoft, 1...1, InFloat32<FastGelu>.self),
        .init("FusedMatMul", domain: microsoft, 1...1, InFloat32<FusedMatMul>.self),
        .init("GatedAdd", domain: microsoft, 1...1, InFloat32<GatedAdd>.self),
        .init("GatedRMSNorm", domain: microsoft, 1...1, InFloat32<GatedRMSNorm>.self),
        .init("GatherBlockQuantized", domain: microsoft, 1...1, InFloat32<GatherBlockQuantized>.self),
        .init("Gelu", domain: microsoft, 1...1, InFloat32<ContributedGelu>.self),
        .init("GroupQueryAttention", domain: microsoft, 1...1, InFloat32<GroupQueryAttention>.self),
        .init("LinearAttention", domain: microsoft, 1...1, InFloat32<LinearAttention>.self),
        .init("LinearAttentionGate", domain: microsoft, 1...1, InFloat32<LinearAttentionGate>.self),
        .init("MRotaryEmbedding", domain: microsoft, 1...1, InFloat32<MRotaryEmbedding>.self),
        .init("MatMulBnb4", domain: microsoft, 1...1, InFloat32<MatMulBnb4>.self),
        .init("MatMulIntegerToFloat", domain: microsoft, 1...1, InFloat32<MatMulIntegerToFloat>.self),
        .init("MatMulNBits", domain: microsoft, 1...1, InFloat32<MatMulNBits>.self),
        .init("MoE", domain: microsoft, 1...1, InFloat32<MoE>.self),
        .init("MultiHeadAttention", domain: microsoft, 1...1, InFloat32<MultiHeadAttention>.self),
        .init("QMoE", domain: microsoft, 1...1, InFloat32<QMoE>.self),
        .init("QuickGelu", domain: microsoft, 1...1, InFloat32<QuickGelu>.self),
        .init("RotaryEmbedding", domain: microsoft, 1...1, InFloat32<ContributedRotaryEmbedding>.self),
        .init(
            "SimplifiedLayerNormalization", 1...newestVersion, InFloat32<SimplifiedLayerNormalization>.self),
        .init("SkipLayerNormalization", domain: microsoft, 1...1, InFloat32<SkipLayerNormalization>.self),
        .init(
            "SkipSimplifiedLayerNormalization", domain: microsoft, 1...1,
            InFloat32<SkipSimplifiedLayerNormalization>.self),
        .init("SparseAttention", domain: microsoft, 1...1, InFloat32<SparseAttention>.self),
        .init("TransposeMatMul", domain: microsoft, 1...1, InFloat32<FusedMatMul>.self),
    ]

    private static let microsoft = "com.microsoft"
}
