// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import Foundation
    import ONNXErrors
    import ONNXJSON
    import ONNXTokenization

    /// `onnxlm tokenize`: texts to token ids and back.
    struct TokenizeCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tokenize",
            abstract: "Turns texts into token ids, or ids into texts, a JSON row at a time.",
            discussion: """
                Example: echo '{"text": "Hello", "add_special": false}' | onnxlm tokenize MODEL --json-lines
                """)

        @Argument(
            help: "A model folder, the name of a model, a tokenizer.json or a tokenizer.model.",
            transform: { StoredModels.path($0) })
        var source: String

        @Flag(help: "Read rows {\"text\", \"add_special\"} and write rows {\"ids\"}.")
        var jsonLines = false

        @Flag(help: "Read rows {\"ids\", \"skip_special\"} and write rows {\"text\"}.")
        var decode = false

        @Flag(help: "Read rows {\"ids\", \"skip_special\"} and write rows {\"increments\", \"flush\"}.")
        var streamDecode = false

        func validate() throws {
            if decode, streamDecode {
                throw ValidationError("--decode and --stream-decode exclude each other.")
            }
        }

        func run() throws {
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: source, isDirectory: &isFolder)
            let isModel = isThere && isFolder.boolValue
            let tokenizer = isModel ? try Tokenizer(folder: source) : try Tokenizer(contentsOf: source)
            if !jsonLines, !decode, !streamDecode {
                let text = String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
                let ids = try tokenizer.encode(text, addSpecialTokens: false, parseSpecial: false)
                return Console.line(ids.map(String.init).joined(separator: " "))
            }
            var number = 0
            try Console.forEachInputLine { line in
                number += 1
                do {
                    Console.line(try answer(JSONValue.parse(line), tokenizer).jsonText())
                } catch let error as ONNXError {
                    throw error.adding("line \(number)")
                }
            }
        }

        private func answer(_ row: JSONValue, _ tokenizer: Tokenizer) throws -> JSONValue {
            if !decode, !streamDecode {
                guard let text = row["text"]?.stringValue else {
                    throw ONNXError("json.format", "The row has no \"text\".")
                }
                let special = row["add_special"]?.boolValue ?? false
                let ids = try tokenizer.encode(text, addSpecialTokens: special, parseSpecial: special)
                return ["ids": .array(ids.map { .number(.integer($0)) })]
            }
            guard let ids = row["ids"]?.arrayValue?.map(\.intValue), !ids.contains(nil) else {
                throw ONNXError("json.format", "The row has no \"ids\" that are integers.")
            }
            let skips = row["skip_special"]?.boolValue ?? true
            if decode {
                return ["text": .string(try tokenizer.decode(ids.compactMap(\.self), skipSpecial: skips))]
            }
            var decoder = tokenizer.makeStreamingDecoder(skipSpecial: skips)
            var increments: [JSONValue] = []
            for id in ids.compactMap(\.self) { increments.append(.string(try decoder.append(id))) }
            return ["increments": .array(increments), "flush": .string(decoder.flush())]
        }
    }
#endif
