// SPDX-License-Identifier: Apache-2.0

/// The members of a JSON object, in the order of their first appearance.
///
/// Keys are compared by their bytes: two spellings of an accented letter are two keys, as in Python. Setting a key
/// that is there keeps its place and changes its value.
///
///     var message: JSONObject = ["role": "user", "content": "Hello"]
///     message["name"] = "Ada"
///     message["content"] = nil
///     print(message.keys)  // ["role", "name"]
///     print(message.values.count, message.count, JSONObject().isEmpty)  // 2 2 true
///
/// - Complexity: lookup and insertion are O(1) on average.
public struct JSONObject: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// The names, in the order of their first appearance.
    public private(set) var keys: [String] = []
    /// The values, in the order of the names.
    public private(set) var values: [JSONValue] = []
    private var positions: [ByteExactString: Int] = [:]

    /// An object without members.
    public init() {}

    /// An object, written as a literal; of equal keys the last one counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }

    /// The number of members.
    public var count: Int { keys.count }

    /// Whether there are no members.
    public var isEmpty: Bool { keys.isEmpty }

    /// The value of a key, or nil where there is none. Setting nil removes the key, in time linear in the count.
    public subscript(key: String) -> JSONValue? {
        get {
            guard let position = position(of: key) else { return nil }
            return values[position]
        }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?): values[position] = value
            case (nil, let value?):
                keys.append(key)
                values.append(value)
                indexLast()
            case (let position?, nil):
                keys.remove(at: position)
                values.remove(at: position)
                rebuildIndex()
            case (nil, nil): break
            }
        }
    }

    /// Whether both have the same members in the same order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.keys.count == right.keys.count
            && zip(left.keys, right.keys).allSatisfy { ByteExactString($0) == ByteExactString($1) }
            && left.values == right.values
    }

    /// Feeds what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) {
        for key in keys { hasher.combine(ByteExactString(key)) }
        hasher.combine(values)
    }

    private static let smallCount = 8

    private func position(of key: String) -> Int? {
        if keys.count <= Self.smallCount {
            let wanted = ByteExactString(key)
            return keys.firstIndex { ByteExactString($0) == wanted }
        }
        return positions[ByteExactString(key)]
    }

    private mutating func indexLast() {
        if keys.count == Self.smallCount + 1 {
            rebuildIndex()
        } else if keys.count > Self.smallCount, let last = keys.last {
            positions[ByteExactString(last)] = keys.count - 1
        }
    }

    private mutating func rebuildIndex() {
        positions.removeAll(keepingCapacity: true)
        guard keys.count > Self.smallCount else { return }
        for (position, key) in keys.enumerated() { positions[ByteExactString(key)] = position }
    }
}
