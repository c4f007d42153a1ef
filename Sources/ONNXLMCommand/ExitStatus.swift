// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import Foundation
    import ONNXErrors
    #if Providers
        import ONNXLMProviders
    #endif

    /// The process's exit codes, after sysexits.h.
    enum ExitStatus: Int32 {
        case usage = 2
        case badData = 65
        case missingInput = 66
        case unavailable = 69
        case internalError = 70
        case cannotCreate = 73
        case inputOutput = 74
        case temporary = 75
        case permission = 77
        case configuration = 78
        case interrupted = 130

        /// The exit code that fits an error.
        init(_ code: ONNXError.Code) {
            switch code.rawValue {
            case "model.not_found", "external_data.missing", "tokenizer.missing", "template.missing",
                "file.missing", "store.not_found", "pull.not_found":
                self = .missingInput
            case "io.permission", "file.unreadable", "pull.unauthorized": self = .permission
            case "io.exists": self = .cannotCreate
            case "memory.insufficient", "store.locked", "pull.rate_limit", "pull.server", "http.timeout":
                self = .temporary
            case "run.cancelled": self = .interrupted
            default:
                switch code.rawValue.prefix(while: { $0 != "." }) {
                case "io": self = .inputOutput
                case "config", "key", "build": self = .configuration
                case "http": self = .unavailable
                case "options": self = .usage
                case "internal": self = .internalError
                default: self = .badData
                }
            }
        }

        #if Providers
            /// The exit code that fits a provider's error.
            init(_ error: ChatProviderError) {
                switch error.kind {
                case .badRequest: self = .usage
                case .keyMissing: self = .configuration
                case .unauthorized: self = .permission
                case .timeout, .rateLimit: self = .temporary
                default:
                    self =
                        error.error.code.rawValue.hasPrefix("provider.")
                        ? .unavailable : .init(error.error.code)
                }
            }
        #endif

        /// Prints what is to be said of the error and ends the process.
        static func leave(with error: any Error) -> Never {
            Console.flush()
            if let error = error as? ONNXError {
                Console.note(error.description)
                exit(ExitStatus(error.code).rawValue)
            }
            #if Providers
                if let error = error as? ChatProviderError {
                    Console.note(error.description)
                    exit(ExitStatus(error).rawValue)
                }
            #endif
            if error is CancellationError { exit(ExitStatus.interrupted.rawValue) }
            let status = CommandRoot.exitCode(for: error)
            let text = CommandRoot.fullMessage(for: error)
            if status == .success {
                Console.write(text + (text.hasSuffix("\n") ? "" : "\n"))
                Console.flush()
                exit(0)
            }
            if !text.isEmpty { Console.note(text) }
            exit(status == .validationFailure ? ExitStatus.usage.rawValue : status.rawValue)
        }
    }
#endif
