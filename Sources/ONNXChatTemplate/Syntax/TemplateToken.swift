// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// A place in a template's source, both counted from one.
struct TemplatePlace: Sendable, Hashable {
    var line: Int
    var column: Int

    func error(_ code: ONNXError.Code, _ message: String) -> ONNXError {
        ONNXError(code, "\(message), at line \(line) column \(column) of the template")
    }
}

/// A piece of a template's source.
struct TemplateToken: Sendable {
    enum Kind: Sendable, Equatable {
        /// Text between tags.
        case data(String)
        case blockBegin
        case blockEnd
        case variableBegin
        case variableEnd
        case name(String)
        case string(String)
        case integer(Int)
        case bigInteger(String)
        case real(Double)
        case symbol(String)
        case end
    }

    var kind: Kind
    var place: TemplatePlace

    /// The token in words, for messages.
    var description: String {
        switch kind {
        case .data: "text"
        case .blockBegin: "'{%'"
        case .blockEnd: "'%}'"
        case .variableBegin: "'{{'"
        case .variableEnd: "'}}'"
        case .name(let name): "'\(name)'"
        case .string: "a string"
        case .integer, .bigInteger, .real: "a number"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end of the template"
        }
    }
}
