// SPDX-License-Identifier: Apache-2.0
// Runs the examples of doc comments and articles that tell an outcome; see Scripts/check-docs.sh.
import ONNXLM
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An example with at least one line `print(…)  // outcome`.
struct DocumentedExample: Sendable {
    typealias Body =
        @Sendable (_ model: LanguageModel, _ chat: ChatSession, _ session: InferenceSession) async throws ->
        Void

    let place: String
    let outcomeCount: Int
    let run: Body

    init(_ file: String, _ line: Int, _ outcomeCount: Int, _ run: @escaping Body) {
        place = "\(file):\(line)"
        self.outcomeCount = outcomeCount
        self.run = run
    }
}

/// What the running example showed.
private let outcomes = Mutex<(lines: Set<String>, problems: [String])>(([], []))

/// Stands in for `print` where an example tells what comes.
func shown(
    _ expected: String, _ items: Any..., separator: String = " ", terminator: String = "\n",
    file: String = #filePath, line: Int = #line
) {
    let text = items.map { "\($0)" }.joined(separator: separator)
    outcomes.withLock { outcomes in
        outcomes.lines.insert("\(file):\(line)")
        if text != expected {
            outcomes.problems.append("\(file):\(line): prints \"\(text)\", not \"\(expected)\"")
        }
    }
}

/// Stands in for `print` where it does not.
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {}

@main
struct Runner {
    static func main() async {
        var problemCount = 0
        for example in documentedExamples {
            outcomes.withLock { $0 = ([], []) }
            var problems: [String] = []
            do {
                try await run(example)
            } catch {
                problems.append("\(example.place): \(error)")
            }
            let (lines, wrong) = outcomes.withLock { $0 }
            problems += wrong
            if problems.isEmpty, lines.count != example.outcomeCount {
                problems.append(
                    "\(example.place): \(lines.count) of \(example.outcomeCount) outcomes were reached")
            }
            for problem in problems { Swift.print("docs: \(problem)") }
            problemCount += problems.count
        }
        Swift.print("docs: \(documentedExamples.count) examples were run")
        exit(problemCount == 0 ? 0 : 1)
    }

    private static func run(_ example: DocumentedExample) async throws {
        let model = try await LanguageModel.load(from: "models/smollm2-135m-instruct")
        let chat = ChatSession(model, options: GenerationOptions(sampling: .greedy, maximumTokens: 3))
        let session = try InferenceSession(InferenceModel.load(from: "model.onnx"))
        try await example.run(model, chat, session)
    }
}
