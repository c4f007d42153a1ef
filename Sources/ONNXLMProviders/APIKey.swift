// SPDX-License-Identifier: Apache-2.0
#if Providers
    public import ONNXLM

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif

    /// A secret that a provider asks for. It shows itself to nobody: printing, dumping and mirroring give no letter of
    /// it.
    public struct APIKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
        private let secret: String

        /// A key that the program got from somewhere safe: not from its arguments, which every process can read.
        ///
        /// - Throws: `key.format` for an empty text, or one with characters that a header cannot carry.
        public init(_ text: String) throws(ONNXError) {
            let trimmed = text.drop { $0.isWhitespace }
            let end = trimmed.lastIndex { !$0.isWhitespace }
            let key = end.map { trimmed[...$0] } ?? ""
            guard !key.isEmpty, key.utf8.count <= 16384, key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else {
                throw ONNXError(
                    "key.format",
                    "The key is empty or holds a space, a line end or a character outside ASCII.")
            }
            secret = String(key)
        }

        /// The key in a variable of the environment; nil where it is not set or empty.
        ///
        /// - Throws: `key.format`.
        public static func inEnvironment(_ name: String) throws(ONNXError) -> APIKey? {
            guard let value = ProviderConfiguration.variable(name) else { return nil }
            do throws(ONNXError) {
                return try APIKey(value)
            } catch {
                throw error.adding("the variable \(name)")
            }
        }

        /// The key in a file that nobody but its owner may read.
        ///
        /// - Throws: `key.file` where the file is missing, is not this user's, or is open to others; `key.format`.
        public static func inFile(_ path: String) throws(ONNXError) -> APIKey {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                let reason = String(cString: strerror(errno))
                throw ONNXError("key.file", "The key file \"\(path)\" cannot be opened: \(reason).")
            }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                throw ONNXError("key.file", "The key file \"\(path)\" is not a regular file.")
            }
            guard status.st_uid == geteuid() else {
                throw ONNXError("key.file", "The key file \"\(path)\" belongs to another user.")
            }
            let mode = status.st_mode & 0o777
            guard mode & 0o077 == 0 else {
                let digits = String(mode, radix: 8)
                throw ONNXError(
                    "key.file",
                    "The key file \"\(path)\" has the permissions \(digits), so that others may read it. Run: "
                        + "chmod 600 \"\(path)\"")
            }
            var bytes = [UInt8](repeating: 0, count: 16386)
            let count = read(descriptor, &bytes, bytes.count)
            guard count >= 0 else { throw ONNXError("key.file", "The key file \"\(path)\" cannot be read.") }
            do throws(ONNXError) {
                return try APIKey(String(decoding: bytes[..<count], as: UTF8.self))
            } catch {
                throw error.adding("file \"\(path)\"")
            }
        }

        /// What a header carries.
        package var headerValue: String { secret }

        /// A text without the key, should it hold it.
        package func removed(from text: String) -> String {
            text.contains(secret) ? text.replacing(secret, with: "[key]") : text
        }

        public var description: String { "APIKey(hidden)" }
        public var debugDescription: String { description }
        public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
    }
#endif
