// SPDX-License-Identifier: Apache-2.0
#if Providers
    /// A request to one server.
    package struct HTTPRequest: Sendable {
        package var method = "GET"

        /// An `http` or `https` address.
        package var url: String
        package var headers = HTTPFields()
        package var body: [UInt8]?
        package var limits = HTTPLimits()

        package init(_ method: String = "GET", _ url: String) {
            self.method = method
            self.url = url
        }
    }

    /// What an exchange may cost at most. Every limit that is exceeded ends it with an error.
    package struct HTTPLimits: Sendable, Hashable {
        /// From the start of the request until the head of the response.
        package var firstByte: Duration? = .seconds(60)

        /// Between two parts of the body, while somebody waits for the next.
        package var idle: Duration? = .seconds(60)

        /// From the start of the request until the end of the body.
        package var total: Duration?

        /// Bytes of the response's body.
        package var maximumBodyByteCount = 64 << 20

        /// How many redirects are followed; with 0 a redirect is a response like others.
        package var maximumRedirectCount = 0

        package init() {}
    }

    /// Header fields in their order. Names compare without regard to case.
    package struct HTTPFields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
        package struct Field: Sendable, Hashable {
            package var name: String
            package var value: String
        }

        package private(set) var fields: [Field] = []

        package init() {}

        package init(dictionaryLiteral elements: (String, String)...) {
            for (name, value) in elements { add(name, value) }
        }

        package mutating func add(_ name: String, _ value: String) {
            fields.append(Field(name: name, value: value))
        }

        package mutating func remove(_ name: String) {
            fields.removeAll { $0.name.lowercased() == name.lowercased() }
        }

        /// The first value of a name; setting replaces all of them.
        package subscript(name: String) -> String? {
            get { fields.first { $0.name.lowercased() == name.lowercased() }?.value }
            set {
                remove(name)
                if let newValue { add(name, newValue) }
            }
        }
    }
#endif
