// SPDX-License-Identifier: Apache-2.0

/// One thing that was looked at: in order, odd, or wrong, and what mends it.
public struct Finding: Sendable, Hashable, CustomStringConvertible {
    public enum Severity: String, Sendable, Hashable {
        /// In order.
        case good
        /// Works, but not as well as it could.
        case warning
        /// Stands in the way.
        case problem
    }

    public let severity: Severity
    /// What was looked at: `memory`, `model.onnx.data`.
    public let subject: String
    /// A stable name of the kind of problem, an error's code where there is such an error; empty when all is well.
    public let code: String
    public let message: String
    /// A command that mends it, to be pasted; nil where there is none.
    public let remedy: String?

    public init(
        _ severity: Severity, _ subject: String, _ message: String, code: String = "", remedy: String? = nil
    ) {
        self.severity = severity
        self.subject = subject
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    /// `PROBLEM  subject: message  -> command`.
    public var description: String {
        let mark =
            switch severity {
            case .good: "ok     "
            case .warning: "warning"
            case .problem: "PROBLEM"
            }
        return "\(mark)  \(subject): \(message)" + (remedy.map { "\n         mend it: \($0)" } ?? "")
    }
}
