// SPDX-License-Identifier: Apache-2.0

extension OperatorRegistry {
    /// The newest version of ONNX's own operator set that is known here.
    package static let newestVersion = 28

    /// Every operator of this package.
    package static let builtin = OperatorRegistry(
        standardOperators + contributedOperators + internalOperators)
}
