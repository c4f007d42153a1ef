// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import Foundation
    import ONNXConformance
    import ONNXErrors
    import ONNXExport
    import ONNXLM
    import ONNXTensors
    import Synchronization

    /// `onnxlm conformance`: runs folders of ONNX's own operator tests.
    struct ConformanceCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "conformance",
            abstract: "Runs test cases in the layout of ONNX's operator tests.",
            discussion: """
                A case is a folder with model.onnx and test_data_set_N/input_K.pb, output_K.pb; an optional case.json
                gives rtol and atol. Prints PASS or FAIL a line and the totals last.
                Example: onnxlm conformance onnx/backend/test/data/node
                """)

        @Argument(help: "Folders, searched for cases.")
        var folders: [String]

        @Option(help: "Relative tolerance for every case.")
        var rtol: Double?

        @Option(help: "Absolute tolerance for every case.")
        var atol: Double?

        @Option(help: "Write what was computed to DIR/CASE/test_data_set_N/output_K.pb.")
        var outputs: String?

        @Option(help: "Run only the cases named in this file, one a line.")
        var names: String?

        @Option(help: "Threads that compute; by default the cores this process may use.")
        var threads: Int?

        @Option(help: "Bytes that intermediate values of one run may take; 8 GiB unless given.")
        var memoryLimit: Int?

        @Option(
            name: .customLong("without-pass"), help: "Leave out this graph pass; can be given several times.")
        var withoutPasses: [String] = []

        func run() throws {
            var cases = try ConformanceCase.find(in: folders)
            if let names {
                let wanted = Set(
                    try GenerateCommand.readText(names).split(whereSeparator: \.isNewline).map(String.init))
                cases = cases.filter { wanted.contains($0.name) }
            }
            var options = LoadOptions()
            options.threadCount = threads
            options.disabledPasses = Set(withoutPasses)
            if let memoryLimit { options.intermediateByteLimit = memoryLimit }
            var runner = ConformanceRunner(loadOptions: options)
            runner.relative = rtol
            runner.absolute = atol
            let failure = WriteFailure()
            if let outputs {
                runner.onOutput = { testCase, dataSet, index, tensor in
                    failure.note {
                        let folder = "\(outputs)/\(testCase.name)/\(dataSet)"
                        try FileManager.default.createDirectory(
                            atPath: folder, withIntermediateDirectories: true)
                        try TensorFileWriter.write(tensor, to: "\(folder)/output_\(index).pb")
                    }
                }
            }
            var passed = 0
            var failed = 0
            for testCase in cases {
                switch runner.run(testCase) {
                case .passed:
                    passed += 1
                    Console.line("PASS \(testCase.name)")
                case .failed(let reason):
                    failed += 1
                    Console.line("FAIL \(testCase.name): \(reason)")
                }
                try failure.check()
            }
            Console.line("\(passed) passed, \(failed) failed")
            if failed > 0 { throw ExitCode(1) }
        }
    }

    /// The first failure to write an output.
    private final class WriteFailure: Sendable {
        private let error = Mutex<(any Error)?>(nil)

        func note(_ body: () throws -> Void) {
            do { try body() } catch { self.error.withLock { $0 = $0 ?? error } }
        }

        func check() throws {
            if let error = error.withLock({ $0 }) { throw error }
        }
    }
#endif
