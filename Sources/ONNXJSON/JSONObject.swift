// SPDX-License-Identifier: Apache-2.0

/// The members of a JSON object, in the order of their first appearance.
///
/// Keys are compared by their bytes: two spellings of an accented letter are two keys, as in Python. Setting a key
/// that is there keeps its place and changes its value.
///
/// - Complexity: lookup and insertion are O(1) on average.
public struct JSONObject: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    public private(set) var keys: [String] = []
    public private(set) var values: [JSONValue] = []
    private var positions: [ByteExactString: Int] = [:]

    public init() {}

    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }

    public var count: Int { keys.count }

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

    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.keys.count == right.keys.count
            && zip(left.keys, right.keys).allSatisfy { ByteExactString($0) == ByteExactString($1) }
            && left.values == right.values
    }

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
