# SPDX-License-Identifier: Apache-2.0
"""Small templates, one for each feature and corner; ERRORS are those that the reference refuses."""

VARIABLES = {
    "s": "Hello, World", "u": " \u00c9t\u00e9 \u4f60\u597d\U0001f600\n", "e": "", "n": 7, "z": 0, "neg": -7, "f": 2.5, "t": True,
    "nothing": None, "l": [3, 1, 2], "strs": ["b", "A", "c"], "d": {"b": 1, "a": "x", "items": [1], "C": None},
    "users": [{"name": "Bob", "age": 30, "tags": ["x"], "at": {"k": 1}}, {"name": "al", "age": 5, "at": {"k": 2}},
              {"name": "Cy", "age": 30, "at": {}}],
    "nested": [[1, 2], [3], []], "quote": "it's \"x\"\\ \t\x01\u200b", "big": 18446744073709551615, "tiny": 1e-7,
    "html": "<b>&'\"</b>", "lines": "a\nb\r\n\n  c\x0bd", "csv": "a,b,,c", "spaced": "  a  b c ",
}

SNIPPETS = r"""
{{ s }}|{{ u }}|{{ n }}|{{ f }}|{{ t }}|{{ nothing }}|{{ missing }}|{{ l }}|{{ d }}|{{ quote }}|{{ big }}|{{ tiny }}
{{ [s, quote, 1.0, true, none, (1,), (), {'a': 'b'}] }}
{{ 1e16 }} {{ 123456789.125 }} {{ 1e22 }} {{ 0.1 + 0.2 }} {{ 1e-5 }} {{ 100000.0 }} {{ 1/3 }} {{ -0.0 }}
{{ 1 + 2 * 3 - 4 / 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ 7.5 // 2 }} {{ -7.5 % 2 }}
{{ 2 ** 3 ** 2 }} {{ -2 ** 2 }} {{ (1, 2) + (3,) }} {{ [1] + [2] }} {{ 'a' 'b' "c" }} {{ 'ab' * 3 }} {{ 2 * [1, 2] }} {{ 'a' * -1 }}|
{{ 1 ~ 2 ~ 'x' ~ none ~ missing ~ true ~ 1.0 }} {{ 'a' + 'b' ~ 'c' * 2 }}
{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 == 1.0 }} {{ true == 1 }} {{ 'a' < 'b' }} {{ [1, 2] < [1, 3] }} {{ 1 != 2 }} {{ none == false }} {{ '1' == 1 }}
{{ 1 in l }} {{ 9 not in l }} {{ 'ell' in s }} {{ 'a' in d }} {{ 'x' in missing }} {{ 2 in range(3) }} {{ not 1 in l }}
{{ 1 if t }}|{{ 1 if z }}|{{ 1 if z else 2 }}|{{ 1 if z else 2 if z else 3 }}|{{ (1 if z) is defined }}
{{ t and s }} {{ z or 'x' }} {{ not z }} {{ not not s }} {{ e or missing or 'last' }} {{ z and missing.x }}
{{ l[0] }} {{ l[-1] }} {{ l[99] }}|{{ s[1] }} {{ u[-2] }} {{ d['a'] }} {{ d.a }} {{ d['missing'] }}|{{ d.missing }}|{{ nothing.x }}|{{ nothing['x'] }}|
{{ l[1:] }} {{ l[:-1] }} {{ l[::-1] }} {{ s[2:5] }} {{ s[::-1] }} {{ s[::3] }} {{ u[1:4] }} {{ l[5:] }} {{ l[-99:99] }} {{ (1,2,3)[1:] }} {{ s[5:2] }}|{{ l[2:0:-1] }}
{{ users[0].name }} {{ users[0]['at'].k }} {{ users.0.name }}
{{ d['items'] }} {{ d.items() | list }} {{ d.keys() | list }} {{ d.values() | list }} {{ d.get('a') }} {{ d.get('q') }} {{ d.get('q', 5) }}
{{ d.items() }} {{ d.keys() }} {{ d.values() }}
{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}
{% for k in d %}{{ k }}{{ loop.index }}{{ ',' if not loop.last }}{% endfor %}
{% for x in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.previtem }}{{ loop.nextitem }} {% endfor %}
{% for x in [] %}a{% else %}none{% endfor %} {% for x in missing %}a{% else %}undefined{% endfor %}
{% for x in l if x > 1 %}{{ x }}{{ loop.length }}{% endfor %} {% for x in l if x > 9 %}{% else %}E{% endfor %}
{% for a, b in [(1, 2), [3, 4]] %}{{ a }}{{ b }}{% endfor %} {% for c in 'añ😀' %}{{ c }}.{% endfor %}
{% for x in l %}{% for y in nested %}{{ loop.index }}{{ loop.depth }}{% endfor %}{{ loop.index }}{% endfor %}
{% for x in range(10) %}{% if x == 2 %}{% continue %}{% endif %}{% if x == 5 %}{% break %}{% endif %}{{ x }}{% endfor %}
{% set x = 1 %}{% for i in l %}{% set x = x + i %}{{ x }}{% endfor %}{{ x }}
{% set x = 1 %}{% if t %}{% set x = 2 %}{% endif %}{{ x }}
{% for i in l %}{{ y is defined }}{% set y = i %}{{ y }}{% endfor %}{{ y is defined }}
{% set ns = namespace(a=1, b=[]) %}{% for i in l %}{% set ns.a = ns.a + i %}{% set ns.b = ns.b + [i] %}{% endfor %}{{ ns.a }}{{ ns.b }}{{ ns.c }}
{% set ns = namespace({'k': 2}, z=3) %}{{ ns.k }}{{ ns['z'] }}
{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set c = 1, %}{{ c }}
{% set block %}x{{ n }}y{% endset %}{{ block }}{% set up | upper %}abc{{ s }}{% endset %}{{ up }}
{% macro m(a, b=2, c=a) %}[{{ a }}{{ b }}{{ c }}]{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(b=4, a=5) }}{{ m() }}{{ m(1, c=9) }}
{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}
{% macro m(x) %}{{ x }}{% if x > 0 %}{{ m(x - 1) }}{% endif %}{% endmacro %}{{ m(3) }}
{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}in{{ n }}{% endcall %}
{% macro m(l) %}{% for x in l %}{{ caller(x) }},{% endfor %}{% endmacro %}{% call(i) m(l) %}{{ i * 2 }}{% endcall %}
{% macro m() %}{{ outer }}{% endmacro %}{% set outer = 5 %}{{ m() }}{{ m.name }}
{% macro a() %}  x  {% endmacro %}{{ a() | trim }}|{{ a()|length }}|{{ (a() ~ 'y')|upper }}
{% filter upper %}abc {{ s }}{% endfilter %}{% filter replace('a', 'b') | trim %} aa {% endfilter %}
{% with a = 1, b = n %}{{ a }}{{ b }}{% set a = 5 %}{% endwith %}{{ a }}
{% generation %}{{ s }}{% set inner = 1 %}{% endgeneration %}{{ inner }}
{% raw %}{{ not }} {% this %}{% endraw %} x {%- raw -%}  a  {%- endraw -%}  b
{# comment #}a{#- comment -#} b {# {{ x }} #}
  {% if t %}  a  {% endif %}  b
{%- if t %} a {%- endif %} b
{%+ if t %}x{% endif +%} y
a {{- ' b ' -}} c {{ 'd' }}
{{ s|upper }}{{ s|lower }}{{ u|trim }}{{ u|title }}{{ u|capitalize }}{{ 'hELLO wORLD-foo (bar)'|title }}{{ 'ß ŉ ǆ ΑΣ ΑΣΑ'|upper }}{{ 'ΑΣ ΑΣΑ İ'|lower }}{{ 'ǆ ß'|capitalize }}
{{ s|length }}{{ u|length }}{{ l|count }}{{ d|length }}{{ missing|length }}{{ range(5)|length }}{{ d.items()|length }}
{{ s|replace('l', 'L') }}{{ s|replace('l', 'L', 1) }}{{ s|replace('', '-') }}{{ n|replace('7', 8) }}
{{ l|join }}{{ l|join(', ') }}{{ users|join('-', attribute='name') }}{{ [1, none, 'x', 2.0]|join('|') }}{{ s|join('.') }}
{{ missing|default('x') }}{{ e|default('y') }}{{ e|default('z', true) }}{{ nothing|d('q') }}{{ nothing|default('q', boolean=true) }}{{ missing|default }}
{{ l|first }}{{ l|last }}{{ s|first }}{{ s|last }}{{ []|first }}{{ []|last }}{{ missing|first }}
{{ l|sort }}{{ l|sort(reverse=true) }}{{ strs|sort }}{{ strs|sort(case_sensitive=true) }}{{ users|sort(attribute='age')|map(attribute='name')|list }}{{ users|sort(attribute='age,name')|map(attribute='name')|join }}
{{ l|reverse|list }}{{ s|reverse }}{{ l|min }}{{ l|max }}{{ strs|min }}{{ users|max(attribute='age') }}{{ l|sum }}{{ users|sum(attribute='age') }}{{ l|sum(start=10) }}{{ []|max }}
{{ [1, 2, 1, 'a', 'A', 1.0]|unique|list }}{{ ['a', 'A']|unique(true)|list }}{{ users|unique(attribute='age')|map(attribute='name')|list }}
{{ users|map(attribute='name')|list }}{{ users|map(attribute='at.k', default='?')|list }}{{ strs|map('upper')|list }}{{ l|map('string')|join('+') }}{{ nested|map('length')|list }}{{ nested|map('join', '-')|list }}
{{ l|select('odd')|list }}{{ l|reject('gt', 1)|list }}{{ [0, 1, '', 'a', none]|select|list }}{{ [0, 1]|reject|list }}{{ l|select('in', [1, 2])|list }}
{{ users|selectattr('age', 'equalto', 30)|map(attribute='name')|list }}{{ users|rejectattr('age', 'eq', 30)|map(attribute='name')|list }}{{ users|selectattr('tags')|list|length }}{{ users|selectattr('tags', 'defined')|list|length }}{{ users|selectattr('at.k', '==', 2)|map(attribute='name')|first }}
{{ d|dictsort }}{{ {'b': 1, 'a': 2}|dictsort(by='value') }}{{ {'b': 1, 'a': 2}|dictsort(reverse=true) }}{{ {'b': 1, 'A': 2}|dictsort(true) }}
{{ d|items|list }}{{ missing|items|list }}{{ 'abc'|list }}{{ d|list }}{{ (1, 2)|list }}{{ range(3)|list }}{{ missing|list }}
{{ '42'|int }}{{ ' 42 '|int }}{{ '4_2'|int }}{{ '3.9'|int }}{{ 'x'|int }}{{ 'x'|int(5) }}{{ '0x1f'|int(base=16) }}{{ 3.9|int }}{{ -3.9|int }}{{ true|int }}{{ none|int(1) }}{{ '1e3'|int }}{{ 'ff'|int(0, 16) }}
{{ '1.5'|float }}{{ 'x'|float }}{{ 'x'|float(2) }}{{ 1|float }}{{ '1e3'|float }}{{ ' inf'|float }}{{ '.5'|float }}
{{ 2.5|round }}{{ 3.5|round }}{{ 2.567|round(2) }}{{ 2.1|round(0, 'ceil') }}{{ 2.9|round(method='floor') }}{{ 5|round }}{{ 2.675|round(2) }}{{ -2.5|round }}{{ 1.25|round(1) }}
{{ -3|abs }}{{ 2.5|abs }}{{ neg|abs }}{{ -f|abs }}
{{ s|string }}{{ n|string|length }}{{ l|string }}{{ s|safe }}{{ html|e }}{{ html|escape|length }}
{{ 'a\nb\n\nc'|indent }}|{{ 'a\nb'|indent(2, true) }}|{{ 'a\n\nb'|indent(1, blank=true) }}|{{ 'a\nb'|indent('> ') }}|{{ ''|indent }}|{{ 'x\n'|indent }}
{{ 'ab'|center(7) }}|{{ 'abc'|center(8) }}|{{ 'ab'.center(5) }}|{{ 'ab'.center(5, '*') }}|{{ 'abc'.center(6) }}|{{ 'ab'.ljust(4) }}|{{ 'ab'.rjust(4, '0') }}|{{ '-5'.zfill(4) }}{{ '5'.zfill(3) }}
{{ '%s-%d-%5.2f|%-5s|%05d|%x|%%' % ('a', 3, 2.5, 'b', 42, 255) }}{{ '%s' % 'x' }}{{ '%(a)s' % {'a': 1} }}{{ '%s %s'|format('a', 1) }}{{ '%(k)s'|format(k=2) }}
{{ '{} {}'.format('a', 1) }}{{ '{1}{0}'.format('a', 'b') }}{{ '{x}'.format(x=5) }}{{ '{{}}'.format() }}
{{ d|tojson }}{{ l|tojson }}{{ u|tojson }}{{ quote|tojson }}{{ none|tojson }}{{ true|tojson }}{{ 1.0|tojson }}{{ big|tojson }}{{ tiny|tojson }}{{ html|tojson }}{{ (1, 2)|tojson }}{{ {1: 2, none: 3, true: 4}|tojson }}
{{ d|tojson(indent=2) }}{{ nested|tojson(indent=1) }}{{ {}|tojson(indent=2) }}{{ d|tojson(sort_keys=true) if false else '' }}{{ {'b': 1, 'a': [1]}|tojson(sort_keys=true) }}{{ u|tojson(ensure_ascii=true) }}{{ d|tojson(separators=(',', ':')) }}{{ l|tojson(indent='--') }}{{ l|tojson(indent=0) }}
{{ '\x7f\u2028é'|tojson }}{{ '\x7fé😀'|tojson(ensure_ascii=true) }}
{{ spaced.strip() }}|{{ spaced.lstrip() }}|{{ spaced.rstrip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'xyaxy'.lstrip('xy') }}|{{ u.strip() }}|{{ '\u3000a\x1c'.strip() }}|{{ 'abc'|trim('c') }}|{{ ' a '.strip(none) }}|
{{ csv.split(',') }}{{ spaced.split() }}{{ csv.split(',', 1) }}{{ csv.rsplit(',', 1) }}{{ spaced.split(none, 1) }}{{ spaced.rsplit(none, 1) }}{{ ''.split() }}{{ ''.split(',') }}{{ 'a--b'.split('--') }}{{ spaced.split(maxsplit=1) }}{{ csv.split(',', 0) }}
{{ lines.splitlines() }}{{ lines.splitlines(true) }}{{ ''.splitlines() }}{{ 'a\n'.splitlines() }}
{{ s.startswith('Hell') }}{{ s.endswith('ld') }}{{ s.startswith(('x', 'H')) }}{{ s.startswith('ello', 1) }}{{ s.endswith('') }}{{ ''.startswith('') }}
{{ s.find('o') }}{{ s.rfind('o') }}{{ s.find('zz') }}{{ s.index('W') }}{{ s.count('l') }}{{ s.find('o', 5) }}{{ 'aaa'.count('aa') }}{{ u.find('你') }}{{ s.count('') }}
{{ s.upper() }}{{ s.lower() }}{{ "they're bill's 3rd".title() }}{{ 'hello WORLD'.capitalize() }}{{ s.swapcase() }}{{ 'ß'.casefold() if false else '' }}{{ s.replace('o', '0') }}{{ s.replace('o', '0', 1) }}
{{ ','.join(['a', 'b']) }}{{ 'a=b=c'.partition('=') }}{{ 'a=b=c'.rpartition('=') }}{{ 'abc'.removeprefix('a') }}{{ 'abc'.removesuffix('c') }}{{ 'abc'.partition('x') }}{{ 'abc'.rpartition('x') }}
{{ '12'.isdigit() }}{{ 'a1'.isalnum() }}{{ 'ab'.isalpha() }}{{ ' '.isspace() }}{{ 'AB'.isupper() }}{{ 'ab'.islower() }}{{ '½'.isnumeric() }}{{ '²'.isdigit() }}{{ '²'.isdecimal() }}{{ ''.isalpha() }}{{ 'A1'.isupper() }}
{{ [1, 2, 1].count(1) }}{{ [1, 2].index(2) }}{{ dict(a=1, b=2) }}{{ dict([('x', 1)]) }}{{ dict({'a': 1}, b=3) }}{{ range(3) }}{{ range(1, 10, 3)|list }}{{ range(5, 0, -2)|list }}{{ range(3)[1] }}{{ range(0) }}
{{ s is string }}{{ n is string }}{{ n is number }}{{ t is number }}{{ n is integer }}{{ t is integer }}{{ f is float }}{{ t is boolean }}{{ n is boolean }}{{ d is mapping }}{{ l is mapping }}{{ l is sequence }}{{ s is sequence }}{{ d is sequence }}{{ l is iterable }}{{ n is iterable }}{{ nothing is none }}{{ missing is none }}
{{ missing is defined }}{{ s is defined }}{{ missing is undefined }}{{ nothing is defined }}{{ d.q is defined }}{{ d.a is defined }}{{ l[9] is defined }}{{ t is true }}{{ z is false }}{{ (not t) is false }}{{ 1 is true }}
{{ 3 is odd }}{{ 4 is even }}{{ 9 is divisibleby 3 }}{{ 9 is divisibleby(2) }}{{ 1 is eq 1 }}{{ 1 is ne 2 }}{{ 1 is lt 2 }}{{ 2 is ge 2 }}{{ 'a' is in ['a'] }}{{ 1 is sameas 1 }}{{ none is sameas none }}{{ 'A' is upper }}{{ 'a' is lower }}{{ 'a' is not in 'b' }}{{ 1 is not none }}{{ range is callable }}{{ 'upper' is filter }}{{ 'odd' is test }}{{ s is escaped }}
{{ not s is defined }}{{ s is defined and n is number }}
{% if s is string and (n > 5 or z) %}yes{% elif z %}no{% else %}else{% endif %}{% if z %}a{% elif t %}b{% endif %}
{{ strftime_now('%Y-%m-%d %H:%M:%S %y %b %B %a %A %j %I %p %% %d %-d %e') }}
{{ [1, 2, 3, 4, 5]|batch(2)|list }}{{ [1, 2, 3]|batch(2, 0)|list }}{{ [1, 2, 3, 4, 5]|slice(3)|list }}{{ users|groupby('age')|map('first')|list }}
{{ 'The quick brown fox'|truncate(10) }}{{ 'The quick brown fox'|truncate(10, true) }}{{ 'short'|truncate(10) }}{{ 'a b  c'|wordcount }}
{{ {'a': 1}['a'] }}{{ {'a': {'b': [1, 2]}}.a.b[1] }}{{ ({'x': 1}).x }}{{ {1: 'a', 'b': 2}[1] }}{{ {} }}{{ [] }}{{ {'a': 1,} }}{{ [1,] }}
{{ '\n'|tojson }}{{ '\\n' }}{{ "\'" }}{{ '\u00e9\x41\101' }}{{ 'a\
b' }}{{ '\q' }}
{{ 0x1F }}{{ 0b101 }}{{ 0o17 }}{{ 1_000 }}{{ 1.5e3 }}{{ 1e2 }}
{{ loop is defined }}{{ caller is defined }}{{ messages }}{{ tools }}{{ add_generation_prompt }}{{ bos_token }}{{ documents }}
{{ namespace(a=1).a }}{{ [namespace] | length }}{{ ''.join(strs) }}{{ s.__class__ }}|{{ l.append }}|{{ l.append is defined }}{{ d.pop is defined }}{{ s.mro }}
{{ l == [3, 1, 2] }}{{ d == d }}{{ (1, 2) == [1, 2] }}{{ {'a': 1} == {'a': 1.0} }}{{ missing == nope }}{{ none is eq none }}{{ 'é' == 'é' }}
{% for x in l %}{{ loop.cycle('a', 'b') }}{{ loop.changed(x > 1) }}{% endfor %}
{%- for message in messages -%}x{%- endfor -%}end
{{ 'a' if missing else 'b' }}{{ missing ~ 'x' }}{{ missing|upper }}{{ missing|trim }}{{ missing|join }}{{ missing|string }}|{{ missing|replace('a', 'b') }}
{% set x %}{% endset %}{{ x }}|{{ x is string }}{% set y = x or 'dflt' %}{{ y }}
{{ 5 | string ~ '!' }}{{ -5 | abs }}{{ (-5) | abs }}{{ - 5 | abs }}{{ 1 - -1 }}{{ +1 }}{{ 10 - 2 - 3 }}{{ 100 / 10 / 2 }}
{{ 'x' ~ (1 + 2) ~ [1][0] }}{{ (s ~ '!')[-1] }}{{ ('a', 'b')[1] }}{{ 'abc'[1:][0] }}{{ s.split(', ')[0].upper()[:2] }}
{{ users | selectattr("name", "in", ["Bob", "Cy"]) | map(attribute="age") | sum }}{{ users | map(attribute='name') | map('lower') | join(',') }}
{{ (l | sort)[0] }}{{ (users | first).name }}{{ (users | last)['name'] }}{{ users[-1]['at'] or 'empty' }}{{ (d.items() | list)[0][0] }}
{% set a = [1, 2] + [3] %}{% set b = {'x': a} %}{{ b.x[2] }}{{ b['x']|length }}{{ a[1:]|join }}
{% for i in range(3) %}{% set outer = loop %}{% for j in range(2) %}{{ outer.index }}{{ loop.index }} {% endfor %}{% endfor %}
{% for item in [1, 2] recursive_name %}{% endfor %}
""".strip("\n").replace("\\\nb'", "\x00").split("\n")
SNIPPETS = [line.replace("\x00", "\\\nb'") for line in SNIPPETS if "recursive_name" not in line] + [
    "a\n{% if true %}\n  b\n{% endif %}\nc\n", "  {% if true %}\nx\n  {% endif %}\n", "{{ 1 }}\n", "{{ 1 }}\n\n",
    "x\n   {# c #}\n  y", "a\r\nb\r{{ 'c\r\nd' }}", "   {{ 1 }}\n   {% set x = 1 %}   \n z", "{%- set x = 1 -%}  \n\n a",
    "{% for x in [1,2] %}\n  {{ x }}\n{% endfor %}\n", "{% for x in [1,2] -%}\n  {{ x }}\n{%- endfor %}\n", "", "\n", "{", "{ {", "a }} b %}",
    "{{ '{% if %}' }}{{ '}}' }}{{ {'a': {'b': 1}}['a']['b'] }}", "{# a\n b #}\nc", "{% raw %}\n x {{ y }}\n{% endraw %}\nz",
    "a\u3000\n\u3000{%- if true %}b{% endif %}", "\u00a0{% if true %}x{% endif %}", "{% macro f(x) %}\n  {{ x }}\n{% endmacro %}\n{{ f(1) }}|{{ f(2) }}",
]

ERRORS = r"""
{{ missing.x }}
{{ missing['x'] }}
{{ missing() }}
{{ missing + 1 }}
{{ 'a' + missing }}
{{ d.q.r }}
{{ nothing.x.y }}
{{ 1 + 'a' }}
{{ 'a' + 1 }}
{{ [] + 'a' }}
{{ 1 < 'a' }}
{{ missing < 1 }}
{{ 1 // 0 }}
{{ 1 % 0 }}
{{ 1 / 0 }}
{{ 1.5 / 0 }}
{{ 'a' in 5 }}
{{ 1 in 'a' }}
{{ n|length }}
{{ l.append(1) }}
{{ d.update({}) }}
{{ range(1000000) }}
{{ range('a') }}
{{ s() }}
{{ raise_exception('oops: ' ~ n) }}
{% for x in n %}{% endfor %}
{% for a, b in [1, 2] %}{% endfor %}
{% set a, b = [1] %}
{% set d.x = 1 %}
{{ l[::0] }}
{{ missing|tojson }}
{{ range|tojson }}
{{ [1, 'a']|sort }}
{{ s.split('') }}
{{ s.index('q') }}
{{ '%s %s' % 'a' }}
{{ '%d' % 'a' }}
{{ 'a'.join([1]) }}
{{ {[]: 1} }}
{{ -'a' }}
{{ nothing + 1 }}
{{ 1 is odd if t else 2 }}
{{ 5|first }}
{{ l|map|list }}
{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}
{% macro m(a) %}{% endmacro %}{{ m(b=2) }}
{% if %}{% endif %}
{% if t %}
{% endif %}
{% endfor %}
{% for x in l %}
{% for in l %}{% endfor %}
{{ 1 + }}
{{ (1 }}
{{ 1 ) }}
{{ [1, }}
{{ 'abc }}
{{ a b }}
{{ }}
{{ 1
{% set %}
{% set 1 = 2 %}
{% set true = 2 %}
{# never closed
{% unknown %}
{{ x|unknown_filter }}
{{ x is unknown_test }}
{% break %}
{% else %}
{% raw %} x
{{ 1 ! 2 }}
{{ 'a' is in }}
{% macro %}{% endmacro %}
{% macro m(a=1, b) %}{% endmacro %}
{% call x %}{% endcall %}
{{ f(a=1, 2) }}
{{ l|join(',', 'x', 'y') }}
{% set ns = namespace() %}{% set ns._x = 1 %}
""".strip("\n").split("\n")
