// SPDX-License-Identifier: Apache-2.0
#if Providers
    package import ONNXHTTP

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif

    /// How long a response asks its client to wait. Source: RFC 9110, 10.2.3
    /// (<https://www.rfc-editor.org/rfc/rfc9110#field.retry-after>); `retry-after-ms` is a custom of some services.
    package enum RetryAfter {
        package static func duration(
            in headers: HTTPFields, now: Int = Int(time(nil))
        ) -> Duration? {
            if let text = headers["retry-after-ms"], let value = Double(text), value >= 0, value < 1e10 {
                return .milliseconds(value)
            }
            guard let text = headers["retry-after"] else { return nil }
            if let value = Double(text), value >= 0, value < 1e7 { return .seconds(value) }
            return seconds(ofDate: text).map { .seconds(max(0, $0 - now)) }
        }

        /// Seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
        static func seconds(ofDate text: String) -> Int? {
            let months = [
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            ]
            let words = text.split { $0 == " " || $0 == "," }
            guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), (1...31).contains(day),
                let month = months.firstIndex(of: String(words[2])), let year = Int(words[3]),
                (1970...9999).contains(year)
            else { return nil }
            let clock = words[4].split(separator: ":").compactMap { Int($0) }
            guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]),
                (0...60).contains(clock[2])
            else { return nil }
            // Days of the Gregorian calendar, in years that begin in March.
            let shifted = month < 2 ? year - 1 : year
            let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
            let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
            return days * 86400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
        }
    }
#endif
