# SPDX-License-Identifier: Apache-2.0
"""Every registered operator has its tests where its name says.

    operator_tests.py ROOT

For an operator in `Sources/ONNXOperators/TOPIC/NAME.swift` that is `Tests/ONNXOperatorsTests/TOPIC/NAMETests.swift`, or a file of
that folder that serves a group and lists its members in its doc comment, `Operators: Acos, Acosh, …`. Either way the operator's
name stands in the file as a string. Complains about the others, and about members that are no operators of the folder.
"""

import pathlib
import re
import sys

from operators_page import comments, registered


def groups(folder):
    """Operator -> text of the test file that lists it."""
    result = {}
    for path in sorted(folder.glob("*Tests.swift")):
        text = path.read_text()
        comment = " ".join(line[3:].strip() for line in text.splitlines() if line.startswith("///"))
        listed = re.search(r"Operators: ([\w, ]+)\.", comment)
        for name in re.split(r", ", listed[1]) if listed else []:
            result[name] = (path, text)
    return result


def main():
    root = pathlib.Path(sys.argv[1])
    sources, tests = root / "Sources/ONNXOperators", root / "Tests/ONNXOperatorsTests"
    files = {kind: path.relative_to(sources) for kind, (path, _) in comments(sources).items()}
    problems, members = [], {}
    for _, name, _, _, kind, _ in registered(sources, 0):
        folder = tests / files[kind].parent
        own = folder / f"{files[kind].stem}Tests.swift"
        members.setdefault(folder, set()).add(name)
        text = own.read_text() if own.exists() else groups(folder).get(name, (None, None))[1]
        if text is None:
            problems.append(f"{name} has no tests: {own.relative_to(root)} is not there, and no file beside it lists it")
        elif f'"{name}"' not in text:
            problems.append(f"{name} is listed for a file of tests that does not name it")
    for folder, names in members.items():
        for name, (path, _) in groups(folder).items():
            if name not in names:
                problems.append(f"{path.relative_to(root)} lists {name}, which is no operator of its folder")
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
