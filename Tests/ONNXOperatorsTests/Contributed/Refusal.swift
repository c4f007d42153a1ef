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

    /// The code of the error that the node ends with once it is changed; nil when it runs all the same.
    func codeOfChanged(_ node: ContributedNode) -> ONNXError.Code? {
        var node = node
        change(&node)
        return node.errorCode()
    }
}
