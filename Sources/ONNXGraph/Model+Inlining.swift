// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

/// Bounds on what the functions of a file may expand to.
package struct InliningLimits: Sendable {
    /// Functions that call functions (`function.too_deep`).
    package var callDepth = 100
    /// Nodes in all graphs after inlining (`function.too_large`).
    package var nodes = 1_000_000
    /// Names of values and attributes after inlining (`function.too_large`).
    package var names = 32_000_000

    package init() {}
}

extension Model {
    /// The model with every call of one of its own functions replaced by the function's nodes.
    ///
    /// Values of a function's body get names that occur nowhere else; attributes by reference get the call's value
    /// or the function's default, or go where there is neither. Sizes are computed before anything is expanded.
    ///
    /// - Parameter isKnown: whether the operator of that domain and type needs no function; calls of such stay.
    /// - Throws: `function.cycle`, `function.too_deep`, `function.too_large`, `function.unresolved`,
    ///   `function.arity`, `function.opset`, `attr.missing`, `graph.undefined_value`.
    package func inliningFunctions(
        limits: InliningLimits = InliningLimits(), isKnown: (_ domain: String, _ type: String) -> Bool
    ) throws(ONNXError) -> Model {
        var table: [FunctionKey: Function] = [:]
        for function in functions where !isKnown(function.domain, function.name) {
            table[FunctionKey(function)] = function
        }
        var sizes = FunctionSizes(functions: table, limits: limits)
        try sizes.check(graph)
        var inliner = FunctionInliner(functions: table, model: self)
        var model = self
        model.graph = try inliner.expand(graph)
        model.operatorSets = inliner.operatorSets
        model.functions = functions.filter { isKnown($0.domain, $0.name) }
        return model
    }
}

/// What a call names a function by.
struct FunctionKey: Hashable {
    var domain: String
    var name: String
    var overload: String

    init(_ function: Function) {
        domain = function.domain
        name = function.name
        overload = function.overload
    }

    init(_ node: Node) {
        domain = node.domain
        name = node.operatorType
        overload = node.overload
    }

    var label: String {
        let name = domain.isEmpty ? name : "\(domain).\(name)"
        return overload.isEmpty ? "\"\(name)\"" : "\"\(name)\" (overload \"\(overload)\")"
    }
}
