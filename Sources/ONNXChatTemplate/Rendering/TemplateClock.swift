// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A date and time of day without a time zone: what `strftime_now` shows.
///
///     let clock = TemplateClock(year: 2026, month: 7, day: 26, hour: 12, minute: 30, second: 5)
///     print(clock == TemplateClock("2026-07-26T12:30:05"))  // true
///     print(TemplateClock("2026-02-30") == nil, TemplateClock.now.year > 2025)  // true true
///     if let clock {
///         print(clock.year, clock.month, clock.day, clock.hour, clock.minute, clock.second)  // 2026 7 26 12 30 5
///     }
public struct TemplateClock: Sendable, Hashable {
    /// 1 to 9999.
    public var year: Int
    /// 1 to 12.
    public var month: Int
    /// 1 to 31.
    public var day: Int
    /// 0 to 23.
    public var hour: Int
    /// 0 to 59.
    public var minute: Int
    /// 0 to 60, for leap seconds.
    public var second: Int

    /// A date and time, or nil where there is no such date between the years 1 and 9999.
    public init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...Self.days(month, year)).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// Reads `2024-07-26` or `2024-07-26T12:30:00`; what follows the seconds is ignored.
    public init?(_ text: String) {
        let numbers = text.utf8.split { !($0 >= 0x30 && $0 <= 0x39) }.prefix(6)
        let values = numbers.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        guard values.count == numbers.count, values.count == 3 || values.count >= 5 else { return nil }
        self.init(
            year: values[0], month: values[1], day: values[2], hour: values.count > 3 ? values[3] : 0,
            minute: values.count > 4 ? values[4] : 0, second: values.count > 5 ? values[5] : 0)
    }

    /// The local time of this moment.
    public static var now: TemplateClock {
        var seconds = time(nil)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return TemplateClock(
            year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
            hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: Int(parts.tm_sec)) ?? .epoch
    }

    private static let epoch = TemplateClock(epochYear: 1970)

    private init(epochYear: Int) {
        year = epochYear
        month = 1
        day = 1
        hour = 0
        minute = 0
        second = 0
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func days(_ month: Int, _ year: Int) -> Int {
        [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// The day of the year, from 1.
    private var yearDay: Int { (1..<month).reduce(day) { $0 + Self.days($1, year) } }

    /// The day of the week, Sunday being 0.
    private var weekDay: Int {
        let before = year - 1
        return (before * 365 + before / 4 - before / 100 + before / 400 + yearDay) % 7
    }

    private static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November",
        "December",
    ]
    private static let dayNames = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    /// Python's `strftime` in the C locale.
    func formatted(_ format: TemplateText, _ renderer: TemplateRenderer) throws(ONNXError) -> TemplateText {
        var result: [UInt8] = []
        var isDirective = false
        var isUnpadded = false
        for scalar in format.string.unicodeScalars {
            guard isDirective else {
                if scalar == "%" {
                    isDirective = true
                    isUnpadded = false
                } else {
                    result += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
                }
                continue
            }
            if scalar == "-", !isUnpadded {
                isUnpadded = true
                continue
            }
            guard var text = directive(scalar) else {
                throw renderer.fail("template.unsupported", "strftime_now does not know '%\(scalar)'")
            }
            if isUnpadded, text.allSatisfy({ $0.isNumber || $0 == " " }), text.count > 1,
                text.first == "0" || text.first == " "
            {
                text = String(text.drop { $0 == "0" || $0 == " " })
                if text.isEmpty { text = "0" }
            }
            result += text.utf8
            isDirective = false
        }
        if isDirective { result.append(0x25) }
        return TemplateText(result, isTrusted: format.spans.allSatisfy(\.isTrusted))
    }

    private func directive(_ scalar: Unicode.Scalar) -> String? {
        func padded(_ value: Int, _ width: Int = 2, _ pad: Character = "0") -> String {
            let text = String(value)
            return String(repeating: pad, count: max(0, width - text.count)) + text
        }
        let hour12 = (hour + 11) % 12 + 1
        let date = padded(month) + "/" + padded(day) + "/" + padded(year % 100)
        let time = padded(hour) + ":" + padded(minute) + ":" + padded(second)
        switch scalar {
        case "Y": return padded(year, 4)
        case "y": return padded(year % 100)
        case "m": return padded(month)
        case "d": return padded(day)
        case "e": return padded(day, 2, " ")
        case "H": return padded(hour)
        case "I": return padded(hour12)
        case "M": return padded(minute)
        case "S": return padded(second)
        case "f": return "000000"
        case "p": return hour < 12 ? "AM" : "PM"
        case "P": return hour < 12 ? "am" : "pm"
        case "k": return padded(hour, 2, " ")
        case "l": return padded(hour12, 2, " ")
        case "C": return padded(year / 100)
        case "r":
            return padded(hour12) + ":" + padded(minute) + ":" + padded(second) + (hour < 12 ? " AM" : " PM")
        case "B": return Self.monthNames[month - 1]
        case "b", "h": return String(Self.monthNames[month - 1].prefix(3))
        case "A": return Self.dayNames[weekDay]
        case "a": return String(Self.dayNames[weekDay].prefix(3))
        case "j": return padded(yearDay, 3)
        case "w": return String(weekDay)
        case "u": return String(weekDay == 0 ? 7 : weekDay)
        case "U": return padded((yearDay + 6 - weekDay) / 7)
        case "W": return padded((yearDay + 6 - (weekDay + 6) % 7) / 7)
        case "D", "x": return date
        case "F": return padded(year, 4) + "-" + padded(month) + "-" + padded(day)
        case "T", "X": return time
        case "R": return padded(hour) + ":" + padded(minute)
        case "c":
            let names = Self.dayNames[weekDay].prefix(3) + " " + Self.monthNames[month - 1].prefix(3)
            return names + " " + padded(day, 2, " ") + " " + time + " " + padded(year, 4)
        case "z", "Z": return ""
        case "%": return "%"
        case "n": return "\n"
        case "t": return "\t"
        default: return nil
        }
    }
}
