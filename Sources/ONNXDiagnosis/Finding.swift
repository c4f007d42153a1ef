// SPDX-License-Identifier: Apache-2.0

/// One thing that was looked at: in order, odd, or wrong, and what mends it.
///
///     for finding in FolderCheck(folder: "models/missing").findings {
///         print(finding.code)  // model.not_found
///         print(finding.subject, finding.message, finding.remedy ?? "nothing to do")
///         if finding.severity == .problem { print(finding) }
///     }
public struct Finding: Sendable, Hashable, CustomStringConvertible {
    /// How bad it is.
    ///
    ///     let findings = FolderCheck(folder: "models/smollm2-135m-instruct").findings
    ///     for severity in [Finding.Severity.problem, .warning, .good] {
    ///         print(severity, findings.count { $0.severity == severity })
    ///     }
    public enum Severity: String, Sendable, Hashable {
        /// In order.
        case good
        /// Works, but not as well as it could.
        case warning
        /// Stands in the way.
        case problem
    }

    /// Whether it is in order.
    public let severity: Severity
    /// What was looked at: `memory`, `model.onnx.data`.
    public let subject: String
    /// A stable name of the kind of problem, an error's code where there is such an error; empty when all is well.
    public let code: String
    /// What was found, with the numbers.
    public let message: String
    /// A command that mends it, to be pasted; nil where there is none.
    public let remedy: String?

    package init(
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
