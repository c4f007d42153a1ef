// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Evaluated arguments.
struct TemplateCallArguments {
    var positional: [TemplateValue] = []
    var named: [(name: String, value: TemplateValue)] = []

    /// The argument at a position or with a name, or nil where it was left out.
    func value(_ position: Int, _ name: String) -> TemplateValue? {
        if position >= 0, position < positional.count { return positional[position] }
        return named.last { $0.name == name }?.value
    }

    /// The same arguments without the first `count` positional ones.
    func dropping(_ count: Int) -> TemplateCallArguments {
        TemplateCallArguments(positional: Array(positional.dropFirst(count)), named: named)
    }

    /// Checks that there are no more arguments than `names`, and none by another name or given twice.
    func check(_ names: [String], for what: String, _ renderer: TemplateRenderer) throws(ONNXError) {
        guard positional.count <= names.count else {
            throw renderer.typeError(
                "\(what) takes at most \(names.count) arguments, got \(positional.count)")
        }
        for argument in named {
            guard let position = names.firstIndex(of: argument.name), position >= positional.count else {
                throw renderer.typeError("\(what) got an argument '\(argument.name)' that it does not take")
            }
        }
    }
}
