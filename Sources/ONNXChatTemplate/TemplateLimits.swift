// SPDX-License-Identifier: Apache-2.0

/// How much a template may ask for, when it is read and each time it renders.
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

    public init() {}
}
