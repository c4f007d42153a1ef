// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension TemplateRenderer {
    mutating func evaluate(_ expression: TemplateExpression) throws(ONNXError) -> TemplateValue {
        try step()
        let outer = place
        place = expression.place
        defer { place = outer }
        switch expression.kind {
        case .literal(let value): return value
        case .name(let name): return lookUp(name)
        case .list(let items): return .list(try evaluate(items))
        case .tuple(let items): return .tuple(try evaluate(items))
        case .dictionary(let items): return try dictionary(items)
        case .attribute(let base, let name):
            let value = try evaluate(base)
            return try attribute(name, of: value)
        case .item(let base, let key):
            let value = try evaluate(base)
            if case .text = value { try charge(walking: value) }
            let key = try evaluate(key)
            return try item(key, of: value)
        case .slice(let base, let start, let stop, let step):
            return try slice(try evaluate(base), try optional(start), try optional(stop), try optional(step))
        case .call(let base, let arguments): return try call(base, arguments, caller: nil)
        case .filter(let base, let name, let arguments):
            let value = try base.map { (base) throws(ONNXError) in try evaluate(base) } ?? blockText
            return try TemplateFilters.apply(name, to: value, try evaluated(arguments), &self)
        case .test(let base, let name, let arguments):
            let value = try evaluate(base)
            return .bool(try TemplateTests.holds(name, value, try evaluated(arguments), &self))
        case .not(let inner): return .bool(!(try evaluate(inner).isTruthy))
        case .sign(let inner, let isNegative):
            let value = try evaluate(inner)
            return try signed(value, isNegative: isNegative)
        case .binary(let operation, let left, let right):
            return try arithmetic(operation, try evaluate(left), try evaluate(right))
        case .concatenation(let parts):
            var text = TemplateText()
            for part in parts {
                let piece = try shown(try evaluate(part))
                try charge(bytes: piece.bytes.count)
                try checkSize(text.bytes.count + piece.bytes.count)
                text.append(piece)
            }
            return .text(text)
        case .and(let left, let right):
            let value = try evaluate(left)
            return value.isTruthy ? try evaluate(right) : value
        case .or(let left, let right):
            let value = try evaluate(left)
            return value.isTruthy ? value : try evaluate(right)
        case .comparison(let left, let parts): return .bool(try comparison(left, parts))
        case .conditional(let test, let then, let otherwise):
            if try evaluate(test).isTruthy { return try evaluate(then) }
            guard let otherwise else {
                return .undefined("the condition is false and there is no 'else'")
            }
            return try evaluate(otherwise)
        }
    }

    func checkSize(_ bytes: Int) throws(ONNXError) {
        guard bytes <= limits.outputBytes else {
            throw fail(
                "template.limit", "a text of \(bytes) bytes is larger than the limit of \(limits.outputBytes)"
            )
        }
    }

    private mutating func evaluate(_ items: [TemplateExpression]) throws(ONNXError) -> [TemplateValue] {
        var values: [TemplateValue] = []
        for item in items { values.append(try evaluate(item)) }
        return values
    }

    private mutating func optional(_ expression: TemplateExpression?) throws(ONNXError) -> TemplateValue {
        guard let expression else { return .none }
        return try evaluate(expression)
    }

    mutating func evaluated(_ arguments: TemplateArguments) throws(ONNXError) -> TemplateCallArguments {
        var result = TemplateCallArguments()
        result.positional = try evaluate(arguments.positional)
        for argument in arguments.named { result.named.append((argument.name, try evaluate(argument.value))) }
        if let list = arguments.list { result.positional += try elements(of: try evaluate(list)) }
        if let named = arguments.dictionary {
            guard case .dictionary(let dictionary) = try evaluate(named) else {
                throw typeError("the value after ** is no dictionary")
            }
            for (key, value) in zip(dictionary.keys, dictionary.values) {
                guard case .text(let name) = key else {
                    throw typeError("the names of arguments must be strings")
                }
                result.named.append((name.string, value))
            }
        }
        return result
    }

    private mutating func dictionary(
        _ items: [(key: TemplateExpression, value: TemplateExpression)]
    ) throws(ONNXError) -> TemplateValue {
        var result = TemplateDictionary()
        for item in items {
            let name = try evaluate(item.key)
            guard let key = name.key else {
                throw typeError("a value of type \(name.typeName) cannot be a key")
            }
            result.set(try evaluate(item.value), for: name, key)
        }
        return .dictionary(result)
    }

    private mutating func comparison(
        _ first: TemplateExpression,
        _ parts: [(relation: TemplateExpression.Relation, right: TemplateExpression)]
    ) throws(ONNXError) -> Bool {
        var left = try evaluate(first)
        for part in parts {
            let right = try evaluate(part.right)
            guard try holds(part.relation, left, right) else { return false }
            left = right
        }
        return true
    }

    private mutating func holds(
        _ relation: TemplateExpression.Relation, _ left: TemplateValue, _ right: TemplateValue
    ) throws(ONNXError) -> Bool {
        try charge(walking: left)
        if relation == .isIn || relation == .isNotIn { try charge(walking: right) }
        switch relation {
        case .equal: return left.equals(right)
        case .notEqual: return !left.equals(right)
        case .isIn: return try contains(right, left)
        case .isNotIn: return !(try contains(right, left))
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return try isOrdered(relation, left, right)
        }
    }

    func isOrdered(
        _ relation: TemplateExpression.Relation, _ left: TemplateValue, _ right: TemplateValue
    ) throws(ONNXError) -> Bool {
        if left.isUndefined { throw undefined(left) }
        if right.isUndefined { throw undefined(right) }
        guard let order = left.compare(right) else {
            throw typeError("values of type \(left.typeName) and \(right.typeName) have no order")
        }
        if order == 2, left.number != nil { return false }
        switch relation {
        case .less: return order < 0
        case .lessOrEqual: return order <= 0
        case .greater: return order > 0
        default: return order >= 0
        }
    }

    /// Python's `in`.
    func contains(_ container: TemplateValue, _ value: TemplateValue) throws(ONNXError) -> Bool {
        switch container {
        case .text(let text):
            guard case .text(let part) = value else {
                throw typeError("a value of type \(value.typeName) cannot be looked for in a string")
            }
            return text.find(part.bytes) != nil
        case .list(let items), .tuple(let items), .iterator(let items), .view(_, let items):
            return items.contains { $0.equals(value) }
        case .dictionary(let dictionary):
            switch value {
            case .range, .iterator, .namespace, .macro, .loop, .function, .method, .view("dict_values", _):
                return false
            default: break
            }
            guard let key = value.key else {
                throw typeError("a value of type \(value.typeName) cannot be a key")
            }
            return dictionary[key] != nil
        case .undefined: return false
        case .range(let range):
            guard range.count > 0, let wanted = value.number, let number = Int(exactly: wanted) else {
                return false
            }
            let (distance, overflow) = number.subtractingReportingOverflow(range.start)
            guard !overflow else { return false }
            let (place, rest) = (distance.dividedReportingOverflow(by: range.step), range.step)
            guard !place.overflow, place.partialValue &* rest == distance else { return false }
            return (0..<range.count).contains(place.partialValue)
        default: throw typeError("a value of type \(container.typeName) cannot be searched")
        }
    }
}
