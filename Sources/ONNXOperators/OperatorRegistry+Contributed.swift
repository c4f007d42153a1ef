// SPDX-License-Identifier: Apache-2.0

extension OperatorRegistry {
    /// The operators of the domain `com.microsoft`, and those that its exporters put into ONNX's own domain, in
    /// alphabetical order.
    static let contributedOperators: [OperatorDefinition] = []
}
