// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension TemplateRenderer {
    mutating func call(
        _ base: TemplateExpression, _ arguments: TemplateArguments, caller: TemplateValue?
    ) throws(ONNXError) -> TemplateValue {
        let target = try evaluate(base)
        let values = try evaluated(arguments)
        switch target {
        case .macro(let index): return try callMacro(index, values, caller: caller)
        case .function(let name): return try TemplateFunctions.call(name, values, &self)
        case .method(let receiver, let name):
            return try TemplateMethods.call(name, on: receiver, values, &self)
        case .undefined: throw undefined(target)
        default: throw typeError("a value of type \(target.typeName) cannot be called")
        }
    }

    mutating func callMacro(
        _ index: Int, _ arguments: TemplateCallArguments, caller: TemplateValue?
    ) throws(ONNXError) -> TemplateValue {
        let (macro, definedIn) = macros[index]
        guard callDepth < limits.callDepth else {
            throw fail("template.limit", "macros call each other more than \(limits.callDepth) deep")
        }
        callDepth += 1
        defer { callDepth -= 1 }
        let callPlace = place
        let result = try captured { (renderer) throws(ONNXError) in
            try renderer.inScope(of: definedIn) { (renderer) throws(ONNXError) in
                try renderer.bind(macro, arguments, caller: caller)
                return try renderer.run(macro.body)
            }
        }
        place = callPlace
        return .text(result.text)
    }

    private mutating func bind(
        _ macro: TemplateMacro, _ arguments: TemplateCallArguments, caller: TemplateValue?
    ) throws(ONNXError) {
        var named = arguments.named
        if let caller { named.append(("caller", caller)) }
        for (position, parameter) in macro.parameters.enumerated() {
            if position < arguments.positional.count {
                scope.names[parameter.name] = arguments.positional[position]
                continue
            }
            if let place = named.firstIndex(where: { $0.name == parameter.name }) {
                scope.names[parameter.name] = named.remove(at: place).value
                continue
            }
            scope.names[parameter.name] = .undefined("parameter '\(parameter.name)' was not provided")
            if let fallback = parameter.fallback { scope.names[parameter.name] = try evaluate(fallback) }
        }
        if macro.takesCaller, !macro.parameters.contains(where: { $0.name == "caller" }) {
            let place = named.firstIndex { $0.name == "caller" }
            scope.names["caller"] =
                place.map { named.remove(at: $0).value } ?? .undefined("no caller is defined")
        }
        try bindSurplus(macro, arguments.positional.dropFirst(macro.parameters.count), named)
    }

    private mutating func bindSurplus(
        _ macro: TemplateMacro, _ positional: ArraySlice<TemplateValue>,
        _ named: [(name: String, value: TemplateValue)]
    ) throws(ONNXError) {
        if macro.takesDictionary {
            var dictionary = TemplateDictionary()
            for argument in named { dictionary.set(argument.value, for: argument.name, isTrusted: true) }
            scope.names["kwargs"] = .dictionary(dictionary)
        } else if let surplus = named.first {
            throw typeError("macro '\(macro.name)' takes no argument '\(surplus.name)'")
        }
        if macro.takesList {
            scope.names["varargs"] = .tuple(Array(positional))
        } else if !positional.isEmpty {
            throw typeError("macro '\(macro.name)' takes at most \(macro.parameters.count) arguments")
        }
    }
}
