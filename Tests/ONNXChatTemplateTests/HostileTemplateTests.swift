// SPDX-License-Identifier: Apache-2.0
import ONNXChatTemplate
import ONNXErrors
import ONNXJSON
import Testing

/// Templates that ask for too much end in an error with a code, soon, and nothing traps.
@Suite struct HostileTemplateTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var source: String
        var code: ONNXError.Code?
        var text: String?

        init(_ source: String, _ code: ONNXError.Code) {
            self.source = source
            self.code = code
        }

        init(_ source: String, text: String) {
            self.source = source
            self.text = text
        }

        var testDescription: String { String(source.prefix(60)) }
    }

    static let cases: [Case] = [
        Case("{{ range(10**9) }}", "template.limit"),
        Case(
            "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% endfor %}{% endfor %}{% endfor %}",
            "template.limit"),
        Case("{{ range(9223372036854775806, 9223372036854775807, 2)|list }}", text: "[9223372036854775806]"),
        Case("{{ range(-9223372036854775807, 9223372036854775807) }}", "template.limit"),
        Case("{{ 'a' * 10**10 }}", "template.limit"),
        Case("{{ 'a' * -1 }}", text: ""),
        Case("{{ [0] * 10**9 }}", "template.limit"),
        Case("{{ '' * 9223372036854775807 }}{{ [] * 9223372036854775807 }}", text: "[]"),
        Case("{{ 9223372036854775807 * 2 }}", "template.arithmetic"),
        Case("{{ 9223372036854775807 + 1 }}", "template.arithmetic"),
        Case("{{ (-9223372036854775807 - 1) // -1 }}", "template.arithmetic"),
        Case("{{ (-9223372036854775807 - 1) % -1 }}", text: "0"),
        Case("{{ -(-9223372036854775807 - 1) }}", "template.arithmetic"),
        Case("{{ (-9223372036854775807 - 1)|abs }}", "template.arithmetic"),
        Case("{{ 1 // 0 }}", "template.arithmetic"),
        Case("{{ 1 % 0 }}", "template.arithmetic"),
        Case("{{ 2**100000 }}", "template.arithmetic"),
        Case("{{ 1e308 * 10 }}{{ (1e308 * 10)|int }}", "template.arithmetic"),
        Case("{{ 99999999999999999999 }}", text: "99999999999999999999"),
        Case("{{ 99999999999999999999 + 1 }}", "template.arithmetic"),
        Case("{{ 'a'|indent(10**9) }}", "template.limit"),
        Case("{{ 'a'|center(10**9) }}{{ 'a'.ljust(9223372036854775807) }}", "template.limit"),
        Case("{{ [[]]|tojson(indent=10**9) }}", "template.limit"),
        Case("{{ '%9999999999s' % 'a' }}", "template.limit"),
        Case(
            "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(100) %}{% set ns.x = ns.x|replace('a', 'aa') %}{% endfor %}",
            "template.limit"),
        Case(
            "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
            "template.limit"),
        Case(
            "{% set ns = namespace(x=[1]) %}{% for i in range(100000) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
            "template.limit"),
        Case(
            "{% set ns = namespace(x=[1]) %}{% for i in range(90000) %}{% set ns.x = [ns.x] %}{% endfor %}",
            "template.too_deep"),
        Case(
            "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
            "template.limit"),
        Case(
            "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x == ns.x }}",
            "template.limit"),
        Case("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "template.limit"),
        Case(
            "{% for i in range(100000) %}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{% endfor %}",
            "template.limit"),
        Case("{{ missing.x }}", "template.undefined"),
        Case("{{ messages[99] }}{{ messages[-1] }}{{ none.x }}", text: ""),
        Case("{{ raise_exception('no') }}", "template.raised"),
        Case("{{ 'abc'[::0] }}", "template.arithmetic"),
        Case("{{ 'abc'[-99999999999:99999999999:9223372036854775807] }}", text: "a"),
        Case("{{ 'abc'[9223372036854775807:-9223372036854775807:-9223372036854775807] }}", text: "c"),
        Case("{{ ''.__class__ }}{{ [].append }}{{ ''.mro }}", text: ""),
        Case("{{ ''.__class__.__mro__ }}", "template.undefined"),
        Case("{{ strftime_now('%Y' * 300000) }}", "template.limit"),
        Case("{{ [1,2,3]|batch(9223372036854775807)|list }}", "template.limit"),
        Case("{{ 2.5|round(9223372036854775807) }}", "template.limit"),
        Case("{{ 'a'.zfill(9223372036854775807) }}", "template.limit"),
        Case("{{ 'abc'.find('c', -9223372036854775807, 9223372036854775807) }}", text: "2"),
        Case("{{ x|nope }}{{ y is nope }}", "template.unsupported"),
        Case("{% include 'x' %}", "template.unsupported"),
        Case("{% if %", "template.syntax"),
        Case("{{ 'a", "template.syntax"),
        Case("{# a", "template.syntax"),
        Case("{% endfor %}", "template.syntax"),
        Case("{% for x in [1] %}", "template.syntax"),
        Case(String(repeating: "{{ 1 }}", count: 149_000), text: String(repeating: "1", count: 149_000)),
        Case(nested("(", ")"), "template.too_deep"),
        Case(nested("[", "]"), "template.too_deep"),
        Case("{{ " + String(repeating: "-", count: 10000) + "1 }}", "template.too_deep"),
        Case("{{ " + String(repeating: "not ", count: 10000) + "1 }}", "template.too_deep"),
        Case("{{ 1" + String(repeating: " + 1", count: 10000) + " }}", "template.too_deep"),
        Case("{{ 1" + String(repeating: " if 1 else 1", count: 10000) + " }}", "template.too_deep"),
        Case("{{ x" + String(repeating: ".a", count: 10000) + " }}", "template.too_deep"),
        Case("{{ x" + String(repeating: "|upper", count: 10000) + " }}", "template.too_deep"),
        Case(nested("{1: ", "}"), "template.too_deep"),
        Case(String(repeating: "{% if 1 %}", count: 10000), "template.too_deep"),
        Case(
            "{% for " + String(repeating: "(", count: 10000) + "a" + String(repeating: ")", count: 10000)
                + " in [] %}{% endfor %}", "template.too_deep"),
    ]

    private static func nested(_ open: String, _ close: String) -> String {
        let depth = 10000
        return "{{ " + String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
            + " }}"
    }

    @Test(arguments: cases)
    func endsSoon(_ example: Case) throws {
        let clock = ContinuousClock()
        let start = clock.now
        do throws(ONNXError) {
            let prompt = try ChatTemplate(source: example.source).render(messages: [])
            #expect(prompt.text == example.text)
        } catch {
            #expect(error.code == example.code, "\(error)")
        }
        let time = clock.now - start
        if time > .seconds(1) { print("\(example.testDescription) takes \(time)") }
        #if !DEBUG
            #expect(time < .seconds(10))
        #endif
    }

    @Test func errorsNameThePlace() {
        do throws(ONNXError) {
            _ = try ChatTemplate(source: "a\n {{ 'x' + 1 }}").render(messages: [])
            Issue.record("no error")
        } catch {
            #expect(error.code == "template.type")
            #expect(error.message.contains("line 2 column 9"), "\(error)")
        }
    }

    @Test func raisedTextIsKept() {
        do throws(ONNXError) {
            _ = try ChatTemplate(source: "{{ raise_exception('Roles must alternate') }}").render(messages: [])
            Issue.record("no error")
        } catch {
            #expect(error.code == "template.raised")
            #expect(error.message == "Roles must alternate")
        }
    }
}
