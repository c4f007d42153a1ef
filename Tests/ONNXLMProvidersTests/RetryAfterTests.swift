// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXHTTP
    import ONNXLMProviders
    import Testing

    @Suite struct RetryAfterTests {
        /// Seconds since 1970 are those of Python's `email.utils.parsedate_to_datetime(TEXT).timestamp()`.
        @Test(arguments: [
            ("7", 0, 7.0), ("0", 0, 0), ("1.5", 0, 1.5), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_700, 77),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_800, 0),
            ("Thu, 29 Feb 2024 23:59:60 GMT", 1_709_251_190, 10),
            ("Sat, 01 Mar 2025 00:00:00 GMT", 1_740_787_199, 1), ("Thu, 01 Jan 1970 00:00:10 GMT", 0, 10),
        ])
        func secondsAndDates(_ text: String, _ now: Int, _ seconds: Double) {
            #expect(RetryAfter.duration(in: ["Retry-After": text], now: now) == .seconds(seconds))
        }

        @Test(arguments: [
            "", "soon", "-1", "nan", "inf", "1e300", "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
        ])
        func nonsenseIsNothing(_ text: String) {
            #expect(RetryAfter.duration(in: ["retry-after": text]) == nil)
        }

        @Test func millisecondsGoFirst() {
            #expect(
                RetryAfter.duration(in: ["retry-after": "9", "retry-after-ms": "250"]) == .milliseconds(250))
        }
    }
#endif
