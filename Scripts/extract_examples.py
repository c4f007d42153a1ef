# SPDX-License-Identifier: Apache-2.0
"""extract_examples.py ROOT OUT: writes the examples of doc comments and articles to OUT as functions to be compiled.

An example is an indented block of a doc comment in one of ROOMS, or a ```swift block of an article. It may use `model`,
`chat` and `session` without making them. Prints how many there are.
"""

import pathlib
import re
import sys

ROOMS = ["ONNXLM", "ONNXGeneration", "ONNXInference", "ONNXTensors", "ONNXErrors"]


def in_comments(path):
    """The indented blocks of a source's doc comments, each with the line on which it begins."""
    block, start, follows_blank = [], 0, False
    for number, line in enumerate([*path.read_text().split("\n"), ""], 1):
        match = re.match(r"^\s*///( ?)(.*)$", line)
        text = match[2] if match else None
        if text is not None and text.startswith("    ") and (block or follows_blank):
            start = start or number
            block.append(text[4:])
        elif text == "" and block:
            block.append("")
        elif block:
            yield start, block
            block, start = [], 0
        follows_blank = text == ""


def in_article(path):
    block, start, inside = [], 0, False
    for number, line in enumerate(path.read_text().split("\n"), 1):
        if line.startswith("```"):
            if inside and start:
                yield start, block
            inside = not inside
            block, start = [], number + 1 if inside and line == "```swift" else 0
        elif inside:
            block.append(line)


def main():
    root, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    imports, functions = {"import ONNXLM"}, []
    for room in ROOMS:
        folder = root / "Sources" / room
        for path in sorted([*folder.rglob("*.swift"), *folder.rglob("*.md")]):
            for line, block in in_article(path) if path.suffix == ".md" else in_comments(path):
                imports.update(text for text in block if text.startswith("import "))
                place = f"#sourceLocation(file: \"{path.relative_to(root)}\", line: {line})"
                body = "\n".join("" if text.startswith("import ") else "        " + text for text in block)
                functions.append(
                    f"func example{len(functions)}(model: LanguageModel, chat: ChatSession, session: InferenceSession) "
                    f"async throws {{\n    do {{\n{place}\n{body}\n#sourceLocation()\n    }}\n}}\n")
    out.mkdir(parents=True, exist_ok=True)
    (out / "Examples.swift").write_text("\n".join(sorted(imports)) + "\n\n" + "\n".join(functions))
    print(f"{len(functions)} examples")


main()
