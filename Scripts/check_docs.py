# SPDX-License-Identifier: Apache-2.0
"""check_docs.py ROOT: every public declaration of the rooms that users import has a doc comment.

Requirements of public protocols count as public. Members that a protocol of the standard library asks for under a fixed
name need none, nor do the cases of an enumeration, which has its own. Prints what lacks one, a line each; the exit status is 1 then.
"""

import pathlib
import re
import sys

ROOMS = ["ONNXLM", "ONNXInference", "ONNXGeneration", "ONNXErrors", "ONNXTensors", "ONNXChatTemplate"]
CONFORMANCES = {"==", "<", "hash", "description", "debugDescription", "makeAsyncIterator", "makeIterator", "next"}
MODIFIERS = r"(?:(?:final|static|class|mutating|nonmutating|nonisolated|convenience|required|indirect|override|borrowing|consuming|lazy|weak)\s+)*"
DECLARATION = re.compile(
    rf"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?P<access>public|open)\s+(?:(?:package|private|internal|fileprivate)\(set\)\s+)?{MODIFIERS}"
    r"(?P<kind>actor|class|struct|enum|protocol|func|init|subscript|var|let|typealias|associatedtype|macro|extension)\b\s*(?P<name>[\w=<>+\-*/!]*)")
MEMBER = re.compile(rf"^\s*{MODIFIERS}(?P<kind>func|init|subscript|var|associatedtype)\b\s*(?P<name>[\w=<>]*)")


def documented(lines, index):
    """Whether a doc comment stands right above the attributes of a declaration."""
    index -= 1
    while index >= 0 and re.match(r"^\s*(@\w+.*|// .*)$", lines[index]):
        index -= 1
    return index >= 0 and lines[index].strip().startswith("///")


def missing(path, root):
    lines = path.read_text().split("\n")
    scopes = []
    depth = 0
    for index, line in enumerate(lines):
        code = re.sub(r'"(?:[^"\\]|\\.)*"', '""', line).split("//")[0]
        found = DECLARATION.match(code)
        kind = found and found["kind"]
        if not found and scopes and scopes[-1] == ("protocol", depth):
            found = MEMBER.match(code)
            kind = found and found["kind"]
        if found and kind not in ("extension",) and not documented(lines, index):
            if found["name"] not in CONFORMANCES and (kind, found["name"]) != ("init", "") or kind == "init" and "()" not in code:
                yield f"{path.relative_to(root)}:{index + 1}: {line.strip()}"
        opens = code.count("{") - code.count("}")
        if found and kind in ("enum", "protocol", "struct", "class", "actor", "extension") and opens > 0:
            scopes.append((kind, depth + 1))
        elif opens > 0 and not found and re.match(r"^\s*(?:package |private |fileprivate |internal )?(?:final )?(enum|protocol|struct|class|actor|extension)\b", code):
            scopes.append(("hidden", depth + 1))
        depth += opens
        while scopes and depth < scopes[-1][1]:
            scopes.pop()


def main():
    root = pathlib.Path(sys.argv[1])
    problems = []
    count = 0
    for room in ROOMS:
        for path in sorted((root / "Sources" / room).rglob("*.swift")):
            count += 1
            problems += missing(path, root)
    for problem in problems:
        print(f"docs: {problem}: a public declaration without a doc comment", file=sys.stderr)
    if count == 0:
        sys.exit("docs: no sources found")
    sys.exit(f"docs: {len(problems)} problems" if problems else 0)


main()
