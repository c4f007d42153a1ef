// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import Foundation
    import ONNXDiagnosis
    import ONNXErrors
    import ONNXJSON
    import ONNXLM
    import ONNXModelStore

    /// `onnxlm doctor`: what is wrong here, and what mends it.
    struct DoctorCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "doctor",
            abstract: "Looks for what is wrong with this machine or with a model, and names what mends it.",
            discussion: """
                Ends with 0 if nothing stands in the way, else with 1.
                Example: onnxlm doctor models/smollm2-135m-instruct
                """)

        @Argument(help: "A model's folder or name; without it only the machine is looked at.")
        var model: String?

        @Flag(help: "Print one JSON array.")
        var json = false

        func run() throws {
            var findings = MachineCheck(environment: ProcessInfo.processInfo.environment).findings
            if let model { findings += Self.check(model) }
            if json {
                Console.line(JSONValue.array(findings.map(Self.json)).jsonText(style: .indented))
            } else {
                for finding in findings { Console.line(finding.description) }
                let problems = findings.filter { $0.severity == .problem }.count
                Console.line(problems == 0 ? "Nothing stands in the way." : "\(problems) problems.")
            }
            Console.flush()
            if findings.contains(where: { $0.severity == .problem }) { throw ExitCode(1) }
        }

        private static func check(_ argument: String) -> [Finding] {
            if Disk.entry(argument) != nil {
                let name = (try? ModelManifest(ofFolder: argument)).flatMap { $0?.model }
                return FolderCheck(folder: argument, name: name).findings
            }
            let model: StoredModel
            do throws(ONNXError) {
                model = try StoredModels.store().model(argument)
            } catch {
                let isName = (try? ModelReference(argument)) != nil
                return [
                    Finding(
                        .problem, argument, error.message, code: error.code.rawValue,
                        remedy: isName ? "onnxlm pull \(argument)" : "onnxlm models")
                ]
            }
            guard model.place != .partial else {
                return [
                    Finding(
                        .problem, model.name,
                        "the download has not ended: \(model.problems().joined(separator: "; "))",
                        code: "store.incomplete", remedy: "onnxlm pull \(model.name)")
                ]
            }
            return FolderCheck(folder: model.path, name: model.name).findings
        }

        private static func json(_ finding: Finding) -> JSONValue {
            [
                "severity": .string(finding.severity.rawValue), "subject": .string(finding.subject),
                "code": .string(finding.code), "message": .string(finding.message),
                "remedy": finding.remedy.map { .string($0) } ?? .null,
            ]
        }
    }
#endif
