# SPDX-License-Identifier: Apache-2.0
"""Small templates that go through every operator, filter, test and method with values of every type."""

VALUES = [
    "s", "u", "e", "n", "z", "neg", "f", "t", "nothing", "missing", "l", "strs", "d", "users", "nested", "quote", "big", "tiny",
    "html", "lines", "csv", "spaced", "[]", "{}", "(1, 2)", "()", "range(4)", "range(5, 0, -2)", "'aXb'", "'12'", "' -3.5 '", "1e20", "-0.0",
    "l|map('string')", "d.items()", "d.keys()", "d.values()", "none", "true", "false", "namespace(a=1)", "'\u00df\u0130\u01c6'", "'%s'", "'a\\tb'",
]
LITERALS = ["1e20", "-0.0", "none", "true", "false", "{}"]
FEW = ["s", "u", "n", "f", "t", "nothing", "missing", "l", "d", "(1, 2)", "'a'", "range(3)"]

FILTERS = {
    "abs": [""], "attr": ["('a')", "('upper')", "('__class__')", "()"], "batch": ["(2)", "(3, 'x')", "(0)", "('a')", ""],
    "capitalize": [""], "center": ["", "(9)", "(width=12)", "('x')"], "count": [""], "d": ["('x')", "('x', true)"],
    "default": ["", "('x')", "('x', true)", "(default_value=1)", "(1, boolean=true)"],
    "dictsort": ["", "(true)", "(by='value')", "(false, 'key', true)", "(by='x')"], "e": [""], "escape": [""], "first": [""],
    "float": ["", "(1.5)", "('x')"], "forceescape": [""], "format": ["", "(1)", "('a', 'b')", "(a=1)"],
    "groupby": ["('age')", "('name', default='?')", "('at.k')", "(0)"], "indent": ["", "(2)", "(2, true)", "('> ', true, true)", "(width=1)"],
    "int": ["", "(7)", "(7, 16)", "(base=2)", "(default=none)"], "items": [""], "join": ["", "('-')", "(', ', 'name')", "(attribute='age')", "(1)"],
    "last": [""], "length": [""], "list": [""], "lower": [""], "map": ["('upper')|list", "(attribute='name')|list", "(attribute='age', default=0)|list",
                                                                        "('length')|list", "('nope')|list", "|list", "('join', '-')|list", "(attribute=0)|list"],
    "max": ["", "(true)", "(attribute='age')"], "min": ["", "(true)", "(attribute='age')"], "reject": ["|list", "('string')|list", "('equalto', 1)|list"],
    "rejectattr": ["('age')|list", "('age', 'gt', 10)|list", "('at.k', 'defined')|list"], "replace": ["('l', 'L')", "('', '-')", "('a', 'b', 1)", "('a')", "(1, 2)"],
    "reverse": ["", "|list"], "round": ["", "(1)", "(1, 'ceil')", "(method='floor')", "(-1)", "(1, 'x')"], "safe": [""],
    "select": ["|list", "('string')|list", "('in', [1, 2])|list", "('nope')|list"], "selectattr": ["('age')|list", "('age', 'eq', 30)|list", "('name', 'string')|list", "()|list"],
    "slice": ["(2)|list", "(3, 'x')|list", "(0)|list"], "sort": ["", "(true)", "(false, true)", "(attribute='age')", "(attribute='age,name', reverse=true)"],
    "string": [""], "sum": ["", "(start=1)", "('age')", "(attribute='age', start=5)"], "title": [""],
    "tojson": ["", "(indent=2)", "(indent=0)", "(ensure_ascii=true)", "(sort_keys=true)", "(separators=(',', ':'))", "(true, 1)"],
    "trim": ["", "('H ')", "(none)", "(1)"], "truncate": ["", "(5)", "(5, true)", "(5, false, '~')", "(5, true, '', 0)", "(7, leeway=3)", "(2)"],
    "unique": ["|list", "(true)|list", "(attribute='age')|list"], "upper": [""], "wordcount": [""],
    "filesizeformat": [""], "pprint": [""], "random": [""], "striptags": [""], "urlencode": [""], "urlize": [""], "wordwrap": ["(3)"], "xmlattr": [""],
}
TESTS = {
    "boolean": [""], "callable": [""], "defined": [""], "divisibleby": ["(2)", " 3", "(0)", "('a')"], "eq": ["(7)", "('a')"], "equalto": ["(s)"], "==": [" n"],
    "escaped": [""], "even": [""], "false": [""], "filter": [""], "float": [""], "ge": ["(2)"], ">=": [" 2"], "greaterthan": ["(2)"], "gt": ["(2)", "('a')"],
    ">": [" 'a'"], "in": [" l", "(s)", "(d)", "(range(3))", "(5)"], "integer": [""], "iterable": [""], "le": ["(2)"], "<=": [" 2"], "lessthan": ["(2)"],
    "lt": ["(2)", "('b')"], "<": [" 2"], "lower": [""], "mapping": [""], "ne": ["(7)"], "!=": [" s"], "none": [""], "number": [""], "odd": [""], "sameas": ["(n)", " none", "(true)"],
    "sequence": [""], "string": [""], "test": [""], "true": [""], "undefined": [""], "upper": [""],
}
METHODS = {
    "capitalize": "()", "casefold": "()", "center": "(9)|(9, '*')|('x')", "count": "('l')|('')|('l', 3)|('l', 3, 9)|(1)", "endswith": "('d')|(('a', 'd'))|('o', 0, 5)|(1)",
    "find": "('o')|('o', 5)|('o', -3)|('', 3)|('zz')", "format": "(1)|(1, 2)|(a=1)", "index": "('l')|('zz')|(1)", "isalnum": "()", "isalpha": "()", "isascii": "()",
    "isdecimal": "()", "isdigit": "()", "islower": "()", "isnumeric": "()", "isspace": "()", "isupper": "()", "join": "(l)|(strs)|(s)|(d)|(1)", "ljust": "(9)|(15, '-')|(15, '')",
    "lower": "()", "lstrip": "()|('H ')", "partition": "(',')|('')|(' ')", "removeprefix": "('H')|('')", "removesuffix": "('d')|('')", "replace": "('l', 'L')|('l', '', 1)|('', '-')|('l')",
    "rfind": "('l')|('l', 0, 4)", "rindex": "('l')|('zz')", "rjust": "(9)", "rpartition": "(',')", "rsplit": "()|(',')|('l', 1)|(none, 1)", "rstrip": "()|('d')", "split": "()|(',')|('l', 1)|(none, 1)|('')",
    "splitlines": "()|(true)", "startswith": "('H')|(('x', 'H'))|('l', 2)|(1)", "strip": "()|('Hd')|(none)|(1)", "swapcase": "()", "title": "()", "upper": "()", "zfill": "(9)|(20)",
    "items": "()", "keys": "()", "values": "()", "get": "('a')|('q')|('q', 1)|()|([])", "copy": "()", "append": "(1)", "pop": "()", "update": "({})", "clear": "()", "sort": "()",
    "encode": "()", "format_map": "({})", "expandtabs": "()", "isidentifier": "()", "isprintable": "()", "istitle": "()", "translate": "({})", "__class__": "", "mro": "()", "nope": "()",
}
OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or"]
SLICES = ["[0]", "[-1]", "[99]", "[1:]", "[:-1]", "[::-1]", "[1:3]", "[-2:]", "[::2]", "[3:1:-1]", "[::0]", "['a']", "[none]", "[1.0]", "[true]", "['a':]", "[:99:7]", "[l]"]
LOOPS = [
    "{%% for x in %s %%}{{ x }}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }};{%% else %%}none{%% endfor %%}",
    "{%% for x in %s if x %%}{{ x }}{{ loop.previtem }}{{ loop.nextitem }}{{ loop.depth }}{{ loop.depth0 }}{{ loop.cycle('a', 'b') }}{{ loop.changed(x) }},{%% endfor %%}",
    "{%% for a, b in %s %%}{{ a }}={{ b }};{%% endfor %%}", "{%% for x in %s %%}{%% if loop.index == 2 %%}{%% continue %%}{%% endif %%}{%% if loop.index > 3 %%}{%% break %%}{%% endif %%}{{ x }}{%% endfor %%}",
    "{%% set ns = namespace(v=0) %%}{%% for x in %s %%}{%% set ns.v = ns.v + 1 %%}{%% endfor %%}{{ ns.v }}", "{%% if %s %%}yes{%% else %%}no{%% endif %%}", "{{ [%s] }}", "{{ {'k': %s} }}", "{{ not %s }}",
    "{{ -(%s) }}", "{{ %s if t else 1 }}", "{%% set a, b = %s %%}{{ a }}{{ b }}", "{%% macro m(x, y=2) %%}[{{ x }}{{ y }}]{%% endmacro %%}{{ m(%s) }}{{ m(*[%s]) }}", "{{ dict(a=%s) }}", "{{ range(%s)|list }}",
    "{%% with q = %s %%}{{ q }}{%% endwith %%}", "{{ raise_exception(%s) }}", "{{ strftime_now(%s) }}", "{{ '%%s' %% %s }}", "{{ '%%d' %% %s }}", "{{ '%%5.1f|' %% %s }}", "{%% set x = %s %%}{{ x.a }}{{ x['a'] }}", "{{ %s.a.b }}",
    "{%% generation %%}{{ %s }}{%% endgeneration %%}", "{%% filter upper %%}{{ %s }}{%% endfilter %%}", "{%% set q %%}{{ %s }}{%% endset %%}{{ q|length }}", "{{ namespace(%s) }}", "{{ dict(%s) }}",
]
SHAPES = [
    "{% for i in range(2) %}{% set outer = loop %}{% for j in range(2) %}{{ outer.cycle('a', 'b') }}{{ outer.changed(i) }}{{ outer.last }}{% endfor %}{% endfor %}",
    "{% for x in [1] recursive %}{{ loop([]) }}{% endfor %}", "{% include 'a' %}", "{% import 'a' as b %}", "{% extends 'a' %}", "{% block a %}x{% endblock %}", "{% from 'a' import b %}",
    "{% autoescape true %}x{% endautoescape %}", "{% do l %}", "{% trans %}x{% endtrans %}", "{% debug %}", "{{ lipsum() }}", "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}",
    "{% set j = joiner(', ') %}{{ j() }}a{{ j() }}b", "{{ l.__len__() }}", "{{ ''.__class__.__mro__ }}", "{{ range.__init__ }}", "{{ (s).format.__globals__ }}", "{{ namespace.__init__ }}",
    "{% macro a(x) %}{{ caller(x) }}{% endmacro %}{% call(y) a(3) %}<{{ y }}>{% endcall %}", "{% macro a() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ a(1, b=2, **{'c': 3}) }}", "{{ a.b.c.d }}",
    "{% macro f(n) %}{% if n > 1 %}{{ n * f(n - 1)|int }}{% else %}1{% endif %}{% endmacro %}{{ f(6) }}", "{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}{% for i in [1] %}{% set x = 3 %}{% endfor %}{{ x }}",
    "{% set x = 1 %}{% macro m() %}{{ x }}{% endmacro %}{% set x = 2 %}{{ m() }}", "{% for i in [1, 2] %}{{ x }}{% set x = i %}{% endfor %}{{ x }}", "{{ 1 }}{{- 2 -}} {{ 3 }}\n  {%- if true %} a {% endif -%}\n b",
    "{{ loop }}", "{% for x in l %}{{ loop|length }}{{ loop is iterable }}{% endfor %}", "{{ caller() }}", "{{ varargs }}", "{{ messages is defined }}{{ tools is none }}{{ documents }}", "{{ \"a\" 'b' }}", "{{ 'a'|upper|lower|title }}",
    "{{ 1.__class__ }}", "{{ [1,2,3][1:][0] }}", "{{ (1,) + (2,) }}", "{{ {**d} }}", "{{ [*l] }}", "{{ l|sort|first|string|int + 1 }}", "{{ x := 1 }}", "{{ lambda: 1 }}",
    "{% if a is defined and a %}x{% elif n is not none and n > 5 %}y{% endif %}", "{{ n is number and n is not string }}", "{{ 'a' is in 'abc' }}", "{{ 3 is not divisibleby 2 }}", "{{ 1 < 2 == true }}", "{{ 1 in [1] == true }}",
    "{{ not n in l }}", "{{ -n ** 2 }}", "{{ 2 ** -n }}", "{{ n - -n }}", "{{ 'x' * n if n else '' }}", "{{ [x for x in l] }}", "{{ l[0], l[1] }}", "{{ (l[0], l[1]) }}", "{{ d | items | list }}", "{{ d|dictsort|map('first')|join }}",
    "# for x in l\n{{ x }}\n# endfor", "{{ 1 }}{# a {# b #}", "{{ '#}' }}{# #}", "{% raw %}{{ x }}{% endraw %}{%- raw -%} y {%- endraw -%}", "{%+ if true %} x{%+ endif %}\n", "{% if true -%}\n\n x\n{%- endif %}\n\n", "  {# c #}\n", "\t{% set x = 1 %}\n y",
    "{{ '\\u00e9\\x41\\101\\n\\N{BULLET}\\a\\0' }}", "{{ 'a\\\nb' }}", "{{ 1_0 }}{{ 0b1 }}{{ 0o7 }}{{ 0xF }}{{ 1e3 }}{{ 1.5E-2 }}{{ 1_0.0_1 }}", "{{ 01 }}", "{{ 1. }}", "{{ .5 }}", "{{ 1__0 }}", "{{ 'a' if }}", "{{ s if n else }}", "{{ foo(a=1, a=2) }}",
]


def snippets():
    seen = set()
    for source in every():
        if source not in seen:
            seen.add(source)
            yield source


def every():
    for name, arguments in FILTERS.items():
        for value in VALUES:
            for argument in arguments:
                yield f"{{{{ ({value})|{name}{argument} }}}}"
    for name, arguments in TESTS.items():
        for value in VALUES + ["'upper'", "'odd'", "range", "s.upper"]:
            for argument in arguments:
                yield f"{{{{ ({value}) is {name}{argument} }}}}"
    for name, arguments in METHODS.items():
        for value in ["s", "u", "e", "spaced", "lines", "csv", "html", "'-12'", "'\u00b2\u00bd\u0661'", "'A\u01c5'", "'{} {a}'", "l", "(1, 2)", "d", "n", "nothing", "missing"]:
            for argument in arguments.replace(")|(", ")\n(").split("\n"):
                yield f"{{{{ ({value}).{name}{argument} }}}}"
    for operator in OPERATORS:
        for left in FEW + ["z", "neg", "[]", "'ab'", "big", "1.5", "{}"]:
            for right in FEW + ["z", "neg", "[]", "'ab'", "big", "1.5", "{}"]:
                if "big" not in (left, right) or operator not in ("**", "*"):
                    yield f"{{{{ ({left}) {operator} ({right}) }}}}"
    for value in VALUES:
        for slice in SLICES:
            # The reference computes with literals while it compiles, and then forgives slices that make no sense.
            if "a':" in slice or (":" in slice and value in LITERALS):
                continue
            yield f"{{{{ ({value}){slice} }}}}"
        for loop in LOOPS:
            yield loop.replace("%s", f"({value})", 1).replace("%s", f"({value})").replace("%%", "%") if "'%%" not in loop \
                else loop.replace("%%s", "\x00").replace("%s", f"({value})").replace("\x00", "%s").replace("%%", "%")
    yield from SHAPES
    for directive in "aAbBcCdDeFGgHIjklmMnpPrRStTuUVwWxXyYzZ%":
        yield f"{{{{ strftime_now('%{directive}') }}}}{{{{ strftime_now('%-{directive}|') }}}}"
