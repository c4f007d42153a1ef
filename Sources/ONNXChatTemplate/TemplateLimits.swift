// SPDX-License-Identifier: Apache-2.0

/// How much a template may ask for, when it is read and each time it renders. Who takes templates from strangers sets
/// tighter ones:
///
///     var limits = TemplateLimits()
///     limits.sourceBytes = 64 << 10
///     limits.depth = 50
///     limits.steps = 10_000
///     limits.outputBytes = 1 << 20
///     limits.workBytes = 8 << 20
///     limits.rangeCount = 1_000
///     limits.repeatBytes = 1 << 16
///     limits.callDepth = 20
///     let template = try ChatTemplate(source: "{% for i in range(9999) %}.{% endfor %}", limits: limits)
///     do {
///         _ = try template.render(messages: [])
///     } catch {
///         print(error.code)  // template.limit
///     }
public struct TemplateLimits: Sendable, Hashable {
    /// Bytes of source.
    public var sourceBytes = 1 << 20
    /// Statements and expressions inside each other.
    public var depth = 200
    /// Nodes evaluated in one rendering.
    public var steps = 1_000_000
    /// Bytes of output, and of any single text on the way.
    public var outputBytes = 16 << 20
    /// Bytes of all texts and lists made in one rendering together.
    public var workBytes = 128 << 20
    /// Elements of a `range`.
    public var rangeCount = 100_000
    /// Bytes that repeating a text or a list may make.
    public var repeatBytes = 1 << 20
    /// Macro calls inside each other.
    public var callDepth = 100

    /// Room for every template that is known to be in use.
    public init() {}
}
