// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors
public import ONNXJSON

/// A chat template: the subset of Jinja that models use, as `transformers` runs it.
///
/// It is immutable and can be used from any number of threads at once. Rendering is bounded in steps, output and
/// depth, and no input can trap. The text that comes out equals that of `jinja2` for the same input; what is not
/// supported is refused when the template is read.
///
///     let template = try ChatTemplate(source: "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}")
///     let prompt = try template.render(messages: [["role": "user", "content": "Hello"]])
///     print(prompt.text == "user: Hello\n", template.source.count)  // true 65
///     print(ChatTemplate.knownRoles.contains("user"))  // true
public struct ChatTemplate: Sendable {
    /// The text of the template.
    public let source: String

    private let statements: [TemplateStatement]
    private let limits: TemplateLimits

    /// Reads a template.
    ///
    /// - Throws: `template.syntax`, `template.unsupported` (naming everything unsupported at once),
    ///   `template.too_deep` or `template.too_large`, with line and column.
    public init(source: String, limits: TemplateLimits = TemplateLimits()) throws(ONNXError) {
        self.source = source
        self.limits = limits
        statements = try TemplateParser.parse(source, limits: limits)
    }

    /// Role names whose text counts as the template's own, so that templates may build tokens around them
    /// (`'<|' + role + '|>'`). Any other role is data.
    public static let knownRoles: Set<String> = [
        "system", "user", "assistant", "tool", "developer", "function", "model", "ipython", "observation",
    ]

    /// What a template is given beside the messages.
    ///
    ///     var options = ChatTemplate.Options()
    ///     options.addGenerationPrompt = true
    ///     options.bosToken = "<s>"
    ///     options.eosToken = "</s>"
    ///     options.specialTokens = ["pad_token": "<pad>"]
    ///     options.tools = [["type": "function", "function": ["name": "weather"]]]
    ///     options.documents = [["title": "Paris", "text": "A city."]]
    ///     options.variables = ["enable_thinking": false]
    ///     options.now = TemplateClock(year: 2026, month: 7, day: 26)
    ///     options.trustedRoles.insert("narrator")
    ///     let template = try ChatTemplate(
    ///         source: "{{ bos_token }}{{ messages[0].content }}{% if add_generation_prompt %}<model>{% endif %}")
    ///     print(try template.render(messages: [["content": "Hi"]], options: options).text)  // <s>Hi<model>
    ///
    /// What `transformers` does with reasoning, null members and special tokens in messages can be had otherwise:
    ///
    ///     var options = ChatTemplate.Options()
    ///     options.aliasesReasoning = false
    ///     options.omitsNullMembers = false
    ///     options.trustsMessages = true
    ///     options.continuedMember = "content"
    ///     let template = try ChatTemplate(source: "{{ messages[0].content }}</s>")
    ///     let prompt = try template.render(messages: [["role": "assistant", "content": "Once"]], options: options)
    ///     print(prompt.text)  // Once
    public struct Options: Sendable {
        /// The `tools` variable; null where there are none.
        public var tools: JSONValue = .null
        /// The `documents` variable; null where there are none.
        public var documents: JSONValue = .null
        /// Whether the text ends where the assistant's answer begins.
        public var addGenerationPrompt = false
        /// The spelling of the beginning-of-text token; it counts as the template's own text.
        public var bosToken: String?
        /// The spelling of the end-of-text token; it counts as the template's own text.
        public var eosToken: String?
        /// Other special tokens by variable name (`pad_token`, `unk_token`); they count as the template's own text.
        public var specialTokens: [String: String] = [:]
        /// Further variables. Their texts are data.
        public var variables = JSONObject()
        /// What `strftime_now` shows; the time of rendering where nil.
        public var now: TemplateClock?
        /// Gives a message's reasoning under both names that templates read, `reasoning_content` and `thinking`,
        /// whichever the message has, as `transformers` does.
        public var aliasesReasoning = true
        /// Roles whose text counts as the template's own.
        public var trustedRoles = ChatTemplate.knownRoles
        /// Marks the whole text as the template's, so that special tokens spelled in messages are meant, as they are
        /// in `transformers`. Only for conversations whose every word is trusted.
        public var trustsMessages = false
        /// Leaves out the members of messages that are null, as `transformers` does: many templates take a member
        /// that is there for one that says something.
        public var omitsNullMembers = true
        /// The member of the last message, such as `content`, that the model is to go on with: the text ends where
        /// it ends. Nil where the last message is complete. Not together with ``addGenerationPrompt``.
        public var continuedMember: String?

        /// No tools and no documents; the text ends with the last message.
        public init() {}
    }

    /// Renders a conversation.
    ///
    ///     let template = try ChatTemplate(source: "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}")
    ///     let prompt = try template.render(messages: [
    ///         ["role": "system", "content": "Be brief."], ["role": "user", "content": "Hello"],
    ///     ])
    ///     print(prompt.text)  // <system>Be brief.<user>Hello
    ///
    /// - Parameter messages: an array of objects, each with `role`, `content` and whatever else the template reads.
    /// - Throws: `template.undefined`, `template.type`, `template.arithmetic`, `template.limit`,
    ///   `template.unsupported` with line and column; `template.raised` with the text that the template gave to
    ///   `raise_exception`; `template.continuation` where the last message cannot be gone on with.
    public func render(messages: JSONValue, options: Options = Options()) throws(ONNXError) -> RenderedPrompt
    {
        var globals: [String: TemplateValue] = [:]
        for (name, value) in zip(options.variables.keys, options.variables.values) {
            globals[name] = TemplateValue(value)
        }
        var messages = Self.prepared(messages, options)
        var continuation: TemplateContinuation?
        if let member = options.continuedMember {
            guard !options.addGenerationPrompt else {
                throw ONNXError(
                    "template.continuation",
                    "The last message cannot be gone on with while a prompt for a new one is asked for.")
            }
            let marked = try TemplateContinuation(messages.arrayValue ?? [], field: member, source: source)
            messages = .array(marked.messages)
            continuation = marked
        }
        globals["messages"] = Self.value(of: messages, trusting: options.trustedRoles)
        globals["tools"] = TemplateValue(options.tools)
        globals["documents"] = TemplateValue(options.documents)
        globals["add_generation_prompt"] = .bool(options.addGenerationPrompt)
        if let token = options.bosToken { globals["bos_token"] = .trusted(token) }
        if let token = options.eosToken { globals["eos_token"] = .trusted(token) }
        for (name, token) in options.specialTokens { globals[name] = .trusted(token) }
        var renderer = TemplateRenderer(limits: limits, clock: options.now ?? .now, globals: globals)
        _ = try renderer.run(statements)
        var output = try continuation?.cut(renderer.output) ?? renderer.output
        if options.trustsMessages { output = TemplateText(output.bytes, isTrusted: true) }
        return RenderedPrompt(output)
    }

    /// The messages as templates expect them.
    private static func prepared(_ messages: JSONValue, _ options: Options) -> JSONValue {
        guard case .array(let elements) = messages else { return messages }
        return .array(
            elements.map { element in
                guard case .object(var message) = element else { return element }
                if options.omitsNullMembers {
                    for (key, value) in zip(message.keys, message.values) where value.isNull {
                        message[key] = nil
                    }
                }
                if options.aliasesReasoning { message = aliasingReasoning(message) }
                return .object(message)
            })
    }

    private static func value(of messages: JSONValue, trusting roles: Set<String>) -> TemplateValue {
        guard case .array(let elements) = messages else { return TemplateValue(messages) }
        return .list(
            elements.map { element in
                guard case .dictionary(var dictionary) = TemplateValue(element) else {
                    return TemplateValue(element)
                }
                if let role = element["role"]?.stringValue, roles.contains(role) {
                    dictionary.set(.trusted(role), for: "role", isTrusted: false)
                }
                return .dictionary(dictionary)
            })
    }

    private static func aliasingReasoning(_ message: JSONObject) -> JSONObject {
        let names = ["reasoning_content", "thinking", "reasoning"]
        guard let reasoning = names.lazy.compactMap({ message[$0] }).first(where: { !$0.isNull }) else {
            return message
        }
        var result: JSONObject = ["thinking": reasoning]
        for (key, value) in zip(message.keys, message.values) { result[key] = value }
        result["reasoning_content"] = reasoning
        return result
    }
}
