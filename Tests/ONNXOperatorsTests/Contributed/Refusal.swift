// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import Testing

/// A change to a valid node after which it must end with an error of the code given.
struct Refusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: ONNXError.Code
    let change: @Sendable (inout ContributedNode) -> Void

    init(
        _ name: String, _ code: ONNXError.Code, _ change: @escaping @Sendable (inout ContributedNode) -> Void
    ) {
        testDescription = name
        self.code = code
        self.change = change
    }
}
