// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension TemplateFilters {
    static func text(
        _ name: String, _ value: TemplateValue, _ arguments: TemplateCallArguments,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateText {
        let what = "the filter '\(name)'"
        let text = try renderer.shown(value)
        try renderer.charge(bytes: text.bytes.count)
        switch name {
        case "upper": return text.uppercased
        case "lower": return text.lowercased
        case "capitalize": return text.capitalized
        case "title": return title(text)
        case "trim":
            try arguments.check(["chars"], for: what, renderer)
            return text.stripped(
                .both, characters: try characters(arguments.value(0, "chars"), what, renderer))
        case "replace":
            try arguments.check(["old", "new", "count"], for: what, renderer)
            guard let old = arguments.value(0, "old"), let new = arguments.value(1, "new") else {
                throw renderer.typeError("\(what) needs what to replace and by what")
            }
            var limit = -1
            if let count = arguments.value(2, "count"), !count.equals(.none) {
                limit = try integer(count, -1, what, renderer)
            }
            return try replaced(text, try renderer.shown(old), try renderer.shown(new), limit, &renderer)
        case "indent":
            guard case .text = value else {
                throw renderer.typeError("\(what) needs a string, not \(value.typeName)")
            }
            return try indented(text, arguments, what, &renderer)
        case "center":
            try arguments.check(["width"], for: what, renderer)
            let width = try integer(arguments.value(0, "width"), 80, what, renderer)
            return try padded(text, width, TemplateText(" ", isTrusted: true), .center, &renderer)
        case "format":
            if arguments.named.isEmpty {
                return try renderer.formatted(text, with: .tuple(arguments.positional))
            }
            var names = TemplateDictionary()
            for argument in arguments.named { names.set(argument.value, for: argument.name, isTrusted: true) }
            return try renderer.formatted(text, with: .dictionary(names))
        case "safe": return text.asMarkup
        case "e", "escape": return text.isMarkup ? text : escaped(text)
        case "forceescape": return escaped(text)
        case "wordcount": return TemplateText(String(words(text)), isTrusted: false)
        case "truncate":
            guard case .text = value else {
                // Python leaves anything short enough as it is, and fails at cutting what is no string.
                let length = try integer(arguments.value(0, "length"), 255, what, renderer)
                guard length >= 3, try TemplateFilters.length(of: value, renderer) <= length else {
                    throw renderer.typeError("\(what) needs a string, not \(value.typeName)")
                }
                return text
            }
            return try truncated(text, arguments, what, &renderer)
        default: return text
        }
    }

    static func characters(
        _ value: TemplateValue?, _ what: String, _ renderer: TemplateRenderer
    ) throws(ONNXError) -> TemplateText? {
        switch value {
        case nil, .some(.none): return nil
        case .text(let text): return text
        case .some(let other): throw renderer.typeError("\(what) needs a string, not \(other.typeName)")
        }
    }

    /// Replaces with the size of the result checked first.
    static func replaced(
        _ text: TemplateText, _ old: TemplateText, _ new: TemplateText, _ limit: Int,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateText {
        var count = 0
        if old.isEmpty {
            count = text.count + 1
        } else if new.bytes.count > old.bytes.count {
            var position = 0
            while let found = text.find(old.bytes, from: position) {
                count += 1
                position = found + old.bytes.count
            }
        }
        let (growth, overflow) = count.multipliedReportingOverflow(by: new.bytes.count)
        try renderer.charge(bytes: overflow ? .max : text.bytes.count + growth)
        return text.replacing(old, with: new, limit: limit)
    }

    private static func title(_ text: TemplateText) -> TemplateText {
        var result = TemplateText()
        var word = TemplateText()
        func flush() {
            guard !word.isEmpty else { return }
            let starts = word.starts()
            result.append(word.part(0..<starts[1]).uppercased)
            result.append(word.part(starts[1]..<word.bytes.count).lowercased)
            word = TemplateText()
        }
        text.forEachScalar { scalar, isTrusted in
            let isBorder = TemplateText.isSpace(scalar) || ["-", "(", "{", "[", "<"].contains(scalar)
            if isBorder {
                flush()
                result.append(scalar, isTrusted: isTrusted)
            } else {
                word.append(scalar, isTrusted: isTrusted)
            }
        }
        flush()
        return result
    }

    private static func indented(
        _ text: TemplateText, _ arguments: TemplateCallArguments, _ what: String,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateText {
        try arguments.check(["width", "first", "blank"], for: what, renderer)
        var margin = TemplateText()
        if case .text(let text)? = arguments.value(0, "width") {
            margin = text
        } else {
            let width = try integer(arguments.value(0, "width"), 4, what, renderer)
            guard case .text(let spaces) = try renderer.repeated(.trusted(" "), width) else { return text }
            margin = spaces
        }
        let indentsFirst = arguments.value(1, "first")?.isTruthy ?? false
        let indentsBlank = arguments.value(2, "blank")?.isTruthy ?? false
        var source = text
        source.append(CollectionOfOne(0x0A), isTrusted: true)
        let lines = source.lines()
        let (growth, overflow) = lines.count.multipliedReportingOverflow(by: margin.bytes.count)
        try renderer.charge(bytes: overflow ? .max : growth + text.bytes.count)
        var result = indentsFirst ? margin : TemplateText()
        for (index, line) in lines.enumerated() {
            if index > 0 {
                result.append(CollectionOfOne(0x0A), isTrusted: true)
                if indentsBlank || !line.isEmpty { result.append(margin) }
            }
            result.append(line)
        }
        return result
    }

    /// Where padding goes.
    enum Padding { case left, right, center }

    static func padded(
        _ text: TemplateText, _ width: Int, _ fill: TemplateText, _ side: Padding,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateText {
        let (missing, overflow) = width.subtractingReportingOverflow(text.count)
        guard !overflow, missing > 0 else { return text }
        guard missing <= renderer.limits.repeatBytes else {
            throw renderer.fail(
                "template.limit", "padding makes more than \(renderer.limits.repeatBytes) bytes")
        }
        try renderer.charge(bytes: missing * 4)
        let left: Int
        switch side {
        case .left: left = missing
        case .right: left = 0
        case .center: left = missing / 2 + (missing & width & 1)
        }
        var result = TemplateText()
        for _ in 0..<left { result.append(fill) }
        result.append(text)
        for _ in left..<missing { result.append(fill) }
        return result
    }

    /// Markup in which the characters that HTML reserves are written as entities.
    static func escaped(_ text: TemplateText) -> TemplateText {
        var result = TemplateText().asMarkup
        text.forEachScalar { scalar, isTrusted in
            switch scalar {
            case "&": result.append("&amp;".utf8, isTrusted: isTrusted)
            case "<": result.append("&lt;".utf8, isTrusted: isTrusted)
            case ">": result.append("&gt;".utf8, isTrusted: isTrusted)
            case "'": result.append("&#39;".utf8, isTrusted: isTrusted)
            case "\"": result.append("&#34;".utf8, isTrusted: isTrusted)
            default: result.append(scalar, isTrusted: isTrusted)
            }
        }
        return result
    }

    /// How many runs of word characters there are.
    private static func words(_ text: TemplateText) -> Int {
        var count = 0
        var isInside = false
        for scalar in text.string.unicodeScalars {
            let isWord =
                scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            if isWord, !isInside { count += 1 }
            isInside = isWord
        }
        return count
    }

    private static func truncated(
        _ text: TemplateText, _ arguments: TemplateCallArguments, _ what: String,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateText {
        try arguments.check(["length", "killwords", "end", "leeway"], for: what, renderer)
        let length = try integer(arguments.value(0, "length"), 255, what, renderer)
        let cutsWords = arguments.value(1, "killwords")?.isTruthy ?? false
        let end = arguments.value(2, "end")?.shown ?? TemplateText("...", isTrusted: true)
        let leeway = try integer(arguments.value(3, "leeway"), 5, what, renderer)
        guard length >= end.count, leeway >= 0 else {
            throw renderer.typeError(
                "\(what) needs a length of at least \(end.count) and a leeway of at least 0")
        }
        let starts = text.starts()
        let count = starts.count - 1
        if count <= length || count - length <= leeway { return text }
        var kept = text.part(0..<starts[length - end.count])
        if !cutsWords {
            let parts = kept.split(by: [0x20], limit: 1, fromEnd: true)
            kept = parts[0]
        }
        kept.append(end)
        return kept
    }
}
