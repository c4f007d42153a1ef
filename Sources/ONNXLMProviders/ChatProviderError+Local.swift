// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXLM

    extension ChatProviderError.Kind {
        /// What an error of the engine means for a conversation, by its code.
        init(engine code: ONNXError.Code) {
            if let kind = Self.codes[code.rawValue] {
                self = kind
                return
            }
            let area = String(code.rawValue.prefix { $0 != "." })
            self = Self.areas[area] ?? .failed
        }

        private static let codes: [String: ChatProviderError.Kind] = [
            "model.not_found": .modelMissing, "file.missing": .modelMissing,
            "tokenizer.missing": .modelMissing,
            "template.missing": .modelMissing, "model.lfs_pointer": .weightsIncomplete,
            "model.is_html": .weightsIncomplete, "model.empty": .weightsIncomplete,
            "model.file_changed": .weightsIncomplete, "model.not_regular": .weightsIncomplete,
            "model.no_graph": .weightsIncomplete, "model.wrong_format": .weightsIncomplete,
            "prompt.too_long": .contextTooLong, "template.raised": .badRequest,
            "template.unsupported": .unsupportedModel, "tokenizer.unsupported": .unsupportedModel,
            "tokenizer.regex_unsupported": .unsupportedModel, "tokenizer.text_too_large": .badRequest,
            "tokenizer.unencodable": .badRequest, "tensor.dtype_unsupported": .unsupportedModel,
        ]

        private static let areas: [String: ChatProviderError.Kind] = [
            "external_data": .weightsIncomplete, "proto": .weightsIncomplete, "json": .weightsIncomplete,
            "tensor": .weightsIncomplete, "graph": .weightsIncomplete, "tokenizer": .weightsIncomplete,
            "memory": .doesNotFit, "op": .unsupportedModel, "attr": .unsupportedModel,
            "function": .unsupportedModel, "sparse": .unsupportedModel, "llm": .unsupportedModel,
            "model": .unsupportedModel, "options": .badRequest, "prompt": .badRequest,
            "messages": .badRequest,
        ]
    }

    extension ChatProviderError {
        /// The engine's error, as a provider's.
        init(engine error: ONNXError, provider: String) {
            self.init(Kind(engine: error.code), error, provider: provider)
        }
    }
#endif
