// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import ONNXErrors
    import ONNXKernels
    import ONNXPackCache

    /// `onnxlm cache`: the packed weights that loads have left for later ones.
    struct CacheCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cache",
            abstract: "Lists, verifies or clears the packed weights that are kept between loads.",
            discussion: """
                They are in the folder that ONNXLM_CACHE_DIR names, else in onnxlm in XDG_CACHE_HOME, else in \
                ~/.cache/onnxlm. ONNXLM_CACHE_LIMIT bounds their size (32G unless given); those used longest ago go \
                first.
                Example: onnxlm cache list
                """,
            subcommands: [ListCommand.self, VerifyCommand.self, ClearCommand.self],
            defaultSubcommand: ListCommand.self)

        struct ListCommand: ParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "list", abstract: "Lists the models with packed weights, the last used last.")

            func run() throws {
                let folder = try CacheCommand.folder()
                var total = 0
                for entry in folder.entries() {
                    total += entry.byteCount
                    let model =
                        (try? PackCacheFile(path: entry.path).modelPath) ?? "damaged, is rebuilt when used"
                    Console.line("\(ByteAmount(entry.byteCount))\t\(model)\t\(entry.path)")
                }
                Console.line("\(ByteAmount(total)) in \(folder.path)")
            }
        }

        struct VerifyCommand: ParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "verify",
                abstract: "Reads every file and compares checksums; damaged files are removed.")

            func run() throws {
                let folder = try CacheCommand.folder()
                var damaged = 0
                for entry in folder.entries() {
                    let verdict = Self.problem(of: entry)
                    if verdict != nil {
                        damaged += 1
                        folder.remove(entry)
                    }
                    Console.line("\(verdict ?? "intact")\t\(entry.path)")
                }
                guard damaged == 0 else {
                    throw ONNXError(
                        "cache.damaged",
                        "\(damaged) cache files were damaged and are removed; the next load writes them anew."
                    )
                }
            }

            private static func problem(of entry: PackCacheFolder.Entry) -> String? {
                do throws(ONNXError) {
                    let file = try PackCacheFile(path: entry.path)
                    return file.damagedSection().map { "section \($0) is damaged" }
                } catch {
                    return error.message
                }
            }
        }

        struct ClearCommand: ParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "clear",
                abstract: "Removes all packed weights; the next load of each model packs anew.")

            func run() throws {
                let folder = try CacheCommand.folder()
                Console.line("\(ByteAmount(folder.clear())) removed from \(folder.path)")
            }
        }

        private static func folder() throws(ONNXError) -> PackCacheFolder {
            guard let path = EngineEnvironment.cacheFolder else {
                throw ONNXError(
                    "config.cache_folder",
                    "There is no cache folder: neither HOME nor \(EngineEnvironment.cacheFolderName) is set.")
            }
            return PackCacheFolder(path: path)
        }
    }
#endif
