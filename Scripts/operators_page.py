# SPDX-License-Identifier: Apache-2.0
"""Writes docs/operators.md from the registry's lines and the operators' doc comments.

    operators_page.py ROOT            compares ROOT/docs/operators.md and says what differs
    operators_page.py ROOT --update   writes it

Complains about a registered operator whose type has no doc comment with a meaning, `Formula:`, `- Spec:` with a link and
versions, `- Supports:` and `- Deviations:`, in that order.
"""

import argparse
import pathlib
import re
import sys

LINE = re.compile(r"\.init\(\s*\"(\w+)\",\s*(domain: microsoft,\s*)?(\d+)\.\.\.(\w+),\s*([\w<>]+)\.self\)", re.S)
HEAD = """# Operators

Written by `Scripts/operators_page.py --update` from `OperatorRegistry+Standard.swift`, `OperatorRegistry+Contributed.swift`
and the operators' doc comments; `make check` compares it. What is not listed is refused when a model is loaded.
[Adding an operator](adding-an-operator.md) says how to add one.
"""


def registered(folder, newest):
    """(domain, name, versions, type, file of the registry) of every line."""
    for part, title in (("Standard", "ai.onnx"), ("Contributed", "com.microsoft")):
        path = folder / f"OperatorRegistry+{part}.swift"
        if not path.exists():
            continue
        for name, domain, first, last, kind in LINE.findall(path.read_text()):
            last = newest if last == "newestVersion" else int(last)
            kind = re.sub(r"^InFloat32<(\w+)>$", r"\1", kind)
            yield "com.microsoft" if domain else "ai.onnx", name, int(first), last, kind, part


def comments(folder):
    """Type -> (file, lines of its doc comment)."""
    result = {}
    for path in sorted(folder.rglob("*.swift")):
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines):
            match = re.match(r"(?:package |final )*(?:struct|class|enum) (\w+)\b.*\{", line) or re.match(
                r"(?:package )?struct (\w+)\b", line)
            if not match:
                continue
            first = number
            while first and (lines[first - 1].startswith("///") or lines[first - 1].startswith("@")):
                first -= 1
            result[match[1]] = (path, [entry[3:].strip() for entry in lines[first:number] if entry.startswith("///")])
    return result


def parts(lines):
    """The comment as a table: meaning, formula, spec, supports, deviations; and the order in which they stand."""
    found, order, current = {}, [], None
    for line in lines:
        head = re.match(r"(?:- )?(Formula|Spec|Supports|Deviations)\b[^:]*: ?(.*)", line)
        if head:
            current = head[1].lower()
            order.append(current)
            found[current] = line[line.index(":") + 1 :].strip() if current != "formula" else line[8:].lstrip(":, ")
        elif current is None and line:
            current = "meaning"
            order.append(current)
            found[current] = line
        elif current and line:
            found[current] += " " + line
    return found, order


def cell(text):
    return re.sub(r"``([^`]+)``", r"`\1`", text).replace("|", "\\|").strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    folder = arguments.root / "Sources/ONNXOperators"
    builtin = folder / "OperatorRegistry+Builtin.swift"
    match = re.search(r"newestVersion = (\d+)", builtin.read_text()) if builtin.exists() else None
    documented = comments(folder)
    problems, rows, listed = [], {"ai.onnx": [], "com.microsoft": []}, []
    for domain, name, first, last, kind, part in registered(folder, int(match[1]) if match else 0):
        listed.append((part, domain, name, first))
        if kind not in documented:
            problems.append(f"{name}: no declaration of {kind}")
            continue
        path, lines = documented[kind]
        where = path.relative_to(arguments.root)
        found, order = parts(lines)
        wanted = ["meaning", "formula", "spec", "supports", "deviations"]
        missing = [w for w in wanted if not found.get(w)]
        link = re.search(r"<(https://[^>]+)>", found.get("spec", ""))
        if missing:
            problems.append(f"{where}: the doc comment of {kind} has no {', no '.join(missing)}")
            continue
        if order != wanted:
            problems.append(f"{where}: the doc comment of {kind} has {', '.join(order)}, in that order")
        if not re.search(r"(opsets?|version)s? \d", found["spec"]):
            problems.append(f"{where}: the specification of {kind} has no versions")
        meaning = re.sub(r"^[^:]{1,60}: ", "", found["meaning"], count=1)
        title = f"[{name}]({link[1]})" if link else name
        versions = f"{first}" if first == last else f"{first} to {last}"
        rows[domain].append(f"| {title} | {versions} | {cell(meaning)} {cell(found['formula'])} | "
                            f"{cell(found['supports'])} | {cell(found['deviations'])} | [source](../{where}) |")
    for part in ("Standard", "Contributed"):
        order = [(name, first) for p, _, name, first in listed if p == part]
        if order != sorted(order):
            problems.append(f"OperatorRegistry+{part}.swift is not in alphabetical order")
    page = HEAD
    for domain, lines in rows.items():
        if lines:
            page += f"\n## {domain}\n\n{len(lines)} operators.\n\n"
            page += "| operator | versions | meaning | supports | deviations | |\n|---|---|---|---|---|---|\n"
            page += "\n".join(sorted(lines, key=str.lower)) + "\n"
    target = arguments.root / "docs/operators.md"
    if arguments.update and not problems:
        target.write_text(page)
    elif not arguments.update and (not target.exists() or target.read_text() != page):
        have = target.read_text().splitlines() if target.exists() else []
        other = [line for line in page.splitlines() if line not in have][:3]
        problems.append("docs/operators.md differs from the code: run Scripts/operators_page.py . --update\n" +
                        "\n".join("    " + line[:160] for line in other))
    for problem in problems:
        print(f"operators: {problem}", file=sys.stderr)
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
