// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import Foundation
    import ONNXDiagnosis
    import ONNXErrors
    import ONNXJSON
    import ONNXLM

    /// `onnxlm plan`: what a model will take, before it is loaded.
    struct PlanCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "plan",
            abstract: "Tells the memory, disk and speed that a model will have here, without loading it.",
            discussion: """
                Ends with 0 if the model fits, 75 if the memory is too small, 74 if the disk is, 65 if this engine \
                cannot run it. The weights may still be missing.
                Example: onnxlm plan models/smollm2-135m-instruct --context 8192
                """)

        @OptionGroup var model: ModelOptions

        @Option(help: "Tokens of conversation to plan for; 4096 or what the model allows if not given.")
        var context: Int?

        @Flag(help: "Leave out the two seconds of measuring.")
        var noSpeed = false

        @Flag(help: "Print one JSON object.")
        var json = false

        func validate() throws {
            if let context, !(1...1 << 30).contains(context) {
                throw ValidationError("--context is \(context); it has to be 1 or more.")
            }
        }

        func run() throws {
            let plan = try ModelPlan(
                path: model.model, options: model.loadOptions, context: context, measuresSpeed: !noSpeed)
            Console.line(json ? plan.json.jsonText(style: .indented) : plan.text)
            if plan.fits { return }
            Console.flush()
            let status: ExitStatus =
                !plan.unsupported.isEmpty ? .badData : plan.memoryError != nil ? .temporary : .inputOutput
            throw ExitCode(status.rawValue)
        }
    }

    extension ModelPlan {
        fileprivate var text: String {
            var lines = [
                "weights   \(ByteAmount(fileWeightByteCount)) in files; in memory \(ByteAmount(packedByteCount)) packed and \(ByteAmount(mappedByteCount)) mapped"
            ]
            for cache in caches {
                let reason = isCacheTypeAutomatic ? "chosen for this model and processor" : "--cache-type"
                let mark = cache.type == cacheType ? "  <- \(reason)" : ""
                lines.append(
                    "cache     \(cache.type): \(ByteAmount(cache.bytesPerToken)) a token, \(ByteAmount(cache.byteCount)) at \(context); up to \(cache.longestContext) of \(contextLimit) tokens fit\(mark)"
                )
            }
            lines.append(
                "memory    \(ByteAmount(neededByteCount)) needed, \(ByteAmount(memory.availableByteCount)) free, bounded by \(memory.bound)"
            )
            if let speed {
                lines.append(
                    String(
                        format:
                            "speed     about %.3g tokens/s read, %.3g tokens/s written (measured on matrices of this size)",
                        speed.prefillRate, speed.decodeRate))
            }
            for disk in disks {
                lines.append(
                    "disk      \(ByteAmount(disk.neededByteCount)) more for \(disk.purpose), \(ByteAmount(disk.freeByteCount)) free in \(disk.path)"
                )
            }
            lines += missing.map { "missing   \($0)" }
            lines += objections.map { "cannot    \($0)" }
            lines.append(
                fits
                    ? (missing.isEmpty ? "It fits." : "It fits once its files are complete.")
                    : "It does not fit.")
            return lines.joined(separator: "\n")
        }

        fileprivate var json: JSONValue {
            func integer(_ value: Int) -> JSONValue { .number(.integer(value)) }
            return [
                "path": .string(path), "context": integer(context), "context_limit": integer(contextLimit),
                "cache_type": .string(cacheType.rawValue),
                "cache_type_is_automatic": .bool(isCacheTypeAutomatic),
                "file_weight_bytes": integer(fileWeightByteCount), "packed_bytes": integer(packedByteCount),
                "mapped_bytes": integer(mappedByteCount), "working_bytes": integer(workingByteCount),
                "needed_bytes": integer(neededByteCount),
                "available_bytes": integer(memory.availableByteCount),
                "memory_bound": .string(memory.bound),
                "caches": .array(
                    caches.map {
                        [
                            "type": .string($0.type.rawValue), "bytes_per_token": integer($0.bytesPerToken),
                            "bytes": integer($0.byteCount), "longest_context": integer($0.longestContext),
                        ]
                    }),
                "disks": .array(
                    disks.map {
                        [
                            "purpose": .string($0.purpose), "path": .string($0.path),
                            "needed_bytes": integer($0.neededByteCount),
                            "free_bytes": integer($0.freeByteCount),
                            "optional": .bool($0.isOptional),
                        ]
                    }),
                "prefill_tokens_per_second": speed.map { .number(JSONNumber($0.prefillRate)) } ?? .null,
                "decode_tokens_per_second": speed.map { .number(JSONNumber($0.decodeRate)) } ?? .null,
                "missing": .array(missing.map { .string($0) }),
                "objections": .array(objections.map { .string($0) }), "fits": .bool(fits),
            ]
        }
    }
#endif
