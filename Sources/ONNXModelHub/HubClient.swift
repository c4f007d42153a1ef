// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Foundation
    import ONNXErrors
    import ONNXHTTP
    import ONNXJSON
    import ONNXModelStore

    /// The parts of the Hugging Face hub's HTTP interface that a download needs.
    ///
    /// Interface: <https://huggingface.co/docs/hub/api>.
    struct HubClient: Sendable {
        let access: HubAccess
        let transport: HTTPTransport
        let patience: PullPatience

        private static let pageByteLimit = 32 << 20
        private static let fileLimit = 20_000

        /// The commit that a revision is now.
        ///
        /// - Throws: `pull.not_found`, `pull.unauthorized`, `pull.listing`, `http.*`.
        func commit(of id: ModelID, revision: String?) async throws -> String {
            let url =
                "\(access.endpoint)/api/models/\(Self.escaped(id.repository))/revision/\(Self.escapedWhole(revision ?? "main"))"
            let json = try await json(at: url, for: id).value
            guard let commit = json["sha"]?.stringValue, FileName.objection(toComponent: commit) == nil else {
                throw ONNXError("pull.listing", "The hub does not tell the commit of \(id.repository).")
            }
            return commit
        }

        /// Every file of a commit.
        ///
        /// - Throws: as ``commit(of:revision:)``; `pull.bad_name`, `pull.too_large`.
        func files(of id: ModelID, commit: String) async throws -> [HubFile] {
            var next: String? =
                "\(access.endpoint)/api/models/\(Self.escaped(id.repository))/tree/\(Self.escapedWhole(commit))?recursive=1"
            var files: [HubFile] = []
            var seen: Set<String> = []
            var addresses: Set<String> = []
            while let url = next {
                guard addresses.insert(url).inserted else {
                    throw ONNXError(
                        "pull.listing", "The hub's list of files of \(id.repository) goes in a circle.")
                }
                let (json, headers) = try await json(at: url, for: id)
                guard let rows = json.arrayValue else {
                    throw ONNXError("pull.listing", "The hub's list of files of \(id.repository) is no list.")
                }
                for row in rows {
                    guard let file = try HubFile(row) else { continue }
                    // Some disks do not tell upper from lower case.
                    guard seen.insert(file.path.lowercased()).inserted else {
                        throw ONNXError(
                            "pull.bad_name",
                            "The hub lists \"\(file.path.prefix(80))\" twice. Nothing was written.")
                    }
                    files.append(file)
                }
                guard files.count <= Self.fileLimit else {
                    throw ONNXError(
                        "pull.too_large", "\(id.repository) has more than \(Self.fileLimit) files.")
                }
                next = try Self.nextPage(headers["link"], after: url)
            }
            return files
        }

        /// Asks for bytes of a file.
        ///
        /// - Parameters:
        ///   - url: an address that answered for this file before; nil for the hub's own.
        ///   - range: nil for the whole file.
        func open(
            _ file: HubFile, of id: ModelID, commit: String, at url: String?, range: Range<Int>?
        ) async throws -> HTTPResponse {
            let own =
                "\(access.endpoint)/\(Self.escaped(id.repository))/resolve/\(Self.escapedWhole(commit))/\(Self.escaped(file.path))"
            var request = HTTPRequest("GET", url ?? own)
            access.authorize(&request)
            request.headers["Accept-Encoding"] = "identity"
            if let range {
                request.headers["Range"] = "bytes=\(range.lowerBound)-\(range.upperBound - 1)"
            }
            request.limits.maximumRedirectCount = 5
            request.limits.maximumBodyByteCount = max(file.byteCount, 1)
            request.limits.firstByte = patience.firstByte
            request.limits.idle = patience.idle
            return try await transport.send(request)
        }

        /// The error for a response that is none of the expected ones.
        func refusal(_ response: HTTPResponse, for id: ModelID, _ what: String) -> ONNXError {
            let place = HTTPAddress.place(response.url)
            switch response.status {
            case 401, 403:
                let remedy =
                    access.hasToken
                    ? "Accept its terms at \(access.endpoint)/\(id.repository) with the account of your token, or use the token of an account that may read it."
                    : "If it is gated or private, accept its terms at \(access.endpoint)/\(id.repository) and set HF_TOKEN."
                return ONNXError(
                    "pull.unauthorized",
                    "\(place) does not let us read \(what) (status \(response.status)). \(remedy)")
            case 404:
                return ONNXError(
                    "pull.not_found", "\(place) has no \(what) (status 404). Check the name and the revision."
                )
            case 429:
                return ONNXError(
                    "pull.rate_limit", "\(place) says that we ask too often (status 429). Try again later.")
            case 500...599:
                return ONNXError(
                    "pull.server", "\(place) has a problem of its own (status \(response.status)).")
            default:
                return ONNXError(
                    "pull.status", "\(place) answers for \(what) with status \(response.status).")
            }
        }

        private func json(
            at url: String, for id: ModelID
        ) async throws -> (value: JSONValue, headers: HTTPFields) {
            try await patience.repeating { () async throws in
                var request = HTTPRequest("GET", url)
                access.authorize(&request)
                request.limits.maximumRedirectCount = 5
                request.limits.maximumBodyByteCount = Self.pageByteLimit
                request.limits.firstByte = patience.firstByte
                request.limits.idle = patience.idle
                let response = try await transport.send(request)
                guard response.status == 200 else {
                    throw PullPatience.Refused(
                        error: refusal(response, for: id, "\"\(id.repository)\" at that revision"),
                        retryAfter: PullPatience.retryAfter(response))
                }
                let bytes = try await response.body.collect()
                guard let value = try? JSONValue.parse(bytes) else {
                    throw ONNXError(
                        "pull.listing",
                        "\(HTTPAddress.place(url)) does not answer like a hub. Check HF_ENDPOINT.")
                }
                return (value, response.headers)
            }
        }

        /// The address of the next page in a `Link` field, which must be the same server's.
        static func nextPage(_ field: String?, after url: String) throws -> String? {
            for link in (field ?? "").split(separator: ",") where link.contains("rel=\"next\"") {
                guard let start = link.firstIndex(of: "<"), let end = link.firstIndex(of: ">"), start < end,
                    let base = URL(string: url),
                    let next = URL(string: String(link[link.index(after: start)..<end]), relativeTo: base)?
                        .absoluteString
                else { continue }
                guard try HTTPAddress(next).hasSameOrigin(as: HTTPAddress(url)) else {
                    throw ONNXError("pull.listing", "The hub's list of files goes on at another server.")
                }
                return next
            }
            return nil
        }

        /// A path for an address, slashes kept.
        private static func escaped(_ path: String) -> String {
            path.split(separator: "/", omittingEmptySubsequences: false).map { escapedWhole(String($0)) }
                .joined(separator: "/")
        }

        /// One component of a path; slashes in it are escaped, too, as the hub wants of revisions.
        private static func escapedWhole(_ text: String) -> String {
            let plain = CharacterSet(
                charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
            return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
        }
    }
#endif
