// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension TemplateMethods {
    static func callText(
        _ name: String, _ text: TemplateText, _ arguments: TemplateCallArguments,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        try renderer.charge(bytes: text.bytes.count)
        switch name {
        case "upper": return .text(text.uppercased)
        case "lower", "casefold": return .text(text.lowercased)
        case "title": return .text(text.titled)
        case "capitalize": return .text(text.capitalized)
        case "swapcase": return .text(text.swappedCase)
        case "strip", "lstrip", "rstrip":
            try arguments.check(["chars"], for: name, renderer)
            let characters = try TemplateFilters.characters(arguments.value(0, "chars"), name, renderer)
            return .text(
                text.stripped(
                    name == "strip" ? .both : name == "lstrip" ? .start : .end, characters: characters))
        case "split", "rsplit": return .list(try split(name, text, arguments, &renderer))
        case "splitlines":
            try arguments.check(["keepends"], for: name, renderer)
            return .list(
                text.lines(keepingEnds: arguments.value(0, "keepends")?.isTruthy ?? false).map { .text($0) })
        case "replace":
            try arguments.check(["old", "new", "count"], for: name, renderer)
            let old = try argument(0, "old", name, arguments, renderer)
            let new = try argument(1, "new", name, arguments, renderer)
            let limit = try TemplateFilters.integer(arguments.value(2, "count"), -1, name, renderer)
            return .text(try TemplateFilters.replaced(text, old, new, limit, &renderer))
        case "join":
            var result = TemplateText()
            for (index, item) in try renderer.elements(of: try value(0, name, arguments, renderer))
                .enumerated()
            {
                guard case .text(let part) = item else { throw renderer.typeError("join needs strings") }
                if index > 0 { result.append(text) }
                result.append(part)
                try renderer.checkSize(result.bytes.count)
            }
            try renderer.charge(bytes: result.bytes.count)
            return .text(result)
        case "format": return .text(try renderer.braceFormatted(text, arguments))
        case "ljust", "rjust", "center": return .text(try justified(name, text, arguments, &renderer))
        case "zfill": return .text(try zeroFilled(text, arguments, &renderer))
        case "removeprefix":
            let part = try argument(0, "prefix", name, arguments, renderer)
            return .text(
                text.bytes.starts(with: part.bytes) ? text.part(part.bytes.count..<text.bytes.count) : text)
        case "removesuffix":
            let part = try argument(0, "suffix", name, arguments, renderer)
            let isEnd =
                !part.isEmpty && text.bytes.count >= part.bytes.count
                && text.bytes.suffix(part.bytes.count).elementsEqual(part.bytes)
            return .text(isEnd ? text.part(0..<text.bytes.count - part.bytes.count) : text)
        case "partition", "rpartition": return .tuple(try partitioned(name, text, arguments, renderer))
        case "startswith", "endswith": return .bool(try borders(name, text, arguments, renderer))
        case "find", "rfind", "index", "rindex", "count":
            return .integer(try search(name, text, arguments, renderer))
        default: return .bool(isOf(name, text))
        }
    }

    private static func value(
        _ position: Int, _ name: String, _ arguments: TemplateCallArguments, _ renderer: TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        guard let value = arguments.value(position, "") else {
            throw renderer.typeError("\(name) needs an argument")
        }
        return value
    }

    private static func argument(
        _ position: Int, _ label: String, _ name: String, _ arguments: TemplateCallArguments,
        _ renderer: TemplateRenderer
    ) throws(ONNXError) -> TemplateText {
        guard let value = arguments.value(position, label) else {
            throw renderer.typeError("\(name) needs an argument")
        }
        if value.isUndefined { throw renderer.undefined(value) }
        guard case .text(let text) = value else {
            throw renderer.typeError("\(name) needs a string, not \(value.typeName)")
        }
        return text
    }

    private static func split(
        _ name: String, _ text: TemplateText, _ arguments: TemplateCallArguments,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> [TemplateValue] {
        try arguments.check(["sep", "maxsplit"], for: name, renderer)
        let separator = try TemplateFilters.characters(arguments.value(0, "sep"), name, renderer)
        let limit = try TemplateFilters.integer(arguments.value(1, "maxsplit"), -1, name, renderer)
        let parts: [TemplateText]
        if let separator {
            guard !separator.isEmpty else { throw renderer.typeError("the separator is empty") }
            parts = text.split(by: separator.bytes, limit: limit, fromEnd: name == "rsplit")
        } else {
            parts = text.splitAtSpace(limit: limit, fromEnd: name == "rsplit")
        }
        try renderer.charge(elements: parts.count)
        return parts.map { .text($0) }
    }

    private static func justified(
        _ name: String, _ text: TemplateText, _ arguments: TemplateCallArguments,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateText {
        let width = try TemplateFilters.integer(arguments.value(0, "width"), 0, name, renderer)
        var fill = TemplateText(" ", isTrusted: true)
        if arguments.value(1, "fillchar") != nil {
            fill = try argument(1, "fillchar", name, arguments, renderer)
        }
        guard fill.count == 1 else { throw renderer.typeError("\(name) fills with one character") }
        let side: TemplateFilters.Padding = name == "ljust" ? .right : name == "rjust" ? .left : .center
        return try TemplateFilters.padded(text, width, fill, side, &renderer)
    }

    private static func zeroFilled(
        _ text: TemplateText, _ arguments: TemplateCallArguments, _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateText {
        let width = try TemplateFilters.integer(arguments.value(0, "width"), 0, "zfill", renderer)
        let zero = TemplateText("0", isTrusted: true)
        guard let first = text.bytes.first, first == 0x2B || first == 0x2D, width > 0 else {
            return try TemplateFilters.padded(text, width, zero, .left, &renderer)
        }
        var result = text.part(0..<1)
        result.append(
            try TemplateFilters.padded(text.part(1..<text.bytes.count), width - 1, zero, .left, &renderer))
        return result
    }

    private static func partitioned(
        _ name: String, _ text: TemplateText, _ arguments: TemplateCallArguments, _ renderer: TemplateRenderer
    ) throws(ONNXError) -> [TemplateValue] {
        let separator = try argument(0, "sep", name, arguments, renderer)
        guard !separator.isEmpty else { throw renderer.typeError("the separator is empty") }
        let parts = text.split(by: separator.bytes, limit: 1, fromEnd: name == "rpartition")
        if parts.count == 2 { return [.text(parts[0]), .text(separator), .text(parts[1])] }
        let none = TemplateValue.trusted("")
        return name == "partition" ? [.text(text), none, none] : [none, none, .text(text)]
    }

    /// The byte range that the bounds of a search, counted in characters, mean.
    private static func range(
        _ text: TemplateText, _ arguments: TemplateCallArguments, _ name: String, _ renderer: TemplateRenderer
    ) throws(ONNXError) -> (range: Range<Int>, starts: [Int])? {
        let starts = text.starts()
        let count = starts.count - 1
        func bound(_ position: Int, _ fallback: Int) throws(ONNXError) -> Int {
            guard let value = arguments.value(position, ""), !value.equals(.none) else { return fallback }
            let index = try TemplateFilters.integer(value, fallback, name, renderer)
            return index < 0 ? max(0, max(index, -count) + count) : index
        }
        let low = try bound(1, 0)
        let high = min(try bound(2, count), count)
        guard low <= high else { return nil }
        return (starts[low]..<starts[high], starts)
    }

    private static func borders(
        _ name: String, _ text: TemplateText, _ arguments: TemplateCallArguments, _ renderer: TemplateRenderer
    ) throws(ONNXError) -> Bool {
        var parts: [TemplateText] = []
        if case .tuple(let items) = try value(0, name, arguments, renderer) {
            for item in items {
                guard case .text(let part) = item else { throw renderer.typeError("\(name) needs strings") }
                parts.append(part)
            }
        } else {
            parts = [try argument(0, "", name, arguments, renderer)]
        }
        guard let (range, _) = try range(text, arguments, name, renderer) else { return false }
        let bytes = text.bytes[range]
        return parts.contains { part in
            name == "startswith"
                ? bytes.starts(with: part.bytes)
                : bytes.count >= part.bytes.count && bytes.suffix(part.bytes.count).elementsEqual(part.bytes)
        }
    }

    private static func search(
        _ name: String, _ text: TemplateText, _ arguments: TemplateCallArguments, _ renderer: TemplateRenderer
    ) throws(ONNXError) -> Int {
        let part = try argument(0, "", name, arguments, renderer)
        var found: [Int] = []
        var starts: [Int] = []
        if let (range, all) = try range(text, arguments, name, renderer) {
            starts = all
            if part.isEmpty {
                let inside = all.filter { $0 >= range.lowerBound && $0 <= range.upperBound }
                found = inside
            } else {
                var position = range.lowerBound
                while let next = text.find(part.bytes, from: position),
                    next + part.bytes.count <= range.upperBound
                {
                    found.append(next)
                    if name == "find" || name == "index" { break }
                    position = name == "count" ? next + part.bytes.count : next + 1
                }
            }
        }
        if name == "count" { return found.count }
        guard let byte = name.hasPrefix("r") ? found.last : found.first else {
            if name.hasSuffix("index") { throw renderer.typeError("the substring is not there") }
            return -1
        }
        return starts.firstIndex(of: byte) ?? -1
    }

    private static func isOf(_ name: String, _ text: TemplateText) -> Bool {
        if name == "isascii" { return text.isASCII }
        let scalars = text.string.unicodeScalars
        if name == "isupper" || name == "islower" {
            let isTitle = scalars.contains { $0.properties.generalCategory == .titlecaseLetter }
            let cased = scalars.filter { $0.properties.isCased }
            return !isTitle && !cased.isEmpty
                && cased.allSatisfy {
                    name == "isupper" ? $0.properties.isUppercase : $0.properties.isLowercase
                }
        }
        guard !scalars.isEmpty else { return false }
        return scalars.allSatisfy { scalar in
            let isLetter: Bool
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
                isLetter = true
            default: isLetter = false
            }
            switch name {
            case "isspace": return TemplateText.isSpace(scalar)
            case "isalpha": return isLetter
            case "isdecimal": return scalar.properties.numericType == .decimal
            case "isdigit":
                return scalar.properties.numericType == .decimal || scalar.properties.numericType == .digit
            case "isnumeric": return scalar.properties.numericType != nil
            default: return isLetter || scalar.properties.numericType != nil
            }
        }
    }
}
