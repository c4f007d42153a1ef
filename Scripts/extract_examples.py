# SPDX-License-Identifier: Apache-2.0
"""extract_examples.py ROOT OUT [--run]: writes the examples of doc comments and articles to OUT as functions to be compiled.

An example is an indented block of a doc comment, or a ```swift block of an article, of ONNXLM and of what it exports. It may
use `model`, `chat` and `session` without making them. Prints how many there are.

With --run, `print(…)  // outcome` becomes a comparison, the examples that have such are listed for Runner.swift, and
OUT/examples.json tells where each stands and which declaration it belongs to.
"""

import json
import pathlib
import re
import sys

OUTCOME = re.compile(r"^(.*?)\bprint\((.*)  // (.+)$")


def rooms(root):
    """ONNXLM and the modules that it exports."""
    exports = (root / "Sources/ONNXLM/ONNXLM.swift")
    text = exports.read_text() if exports.exists() else ""
    return ["ONNXLM", *re.findall(r"^@_exported public import (\w+)$", text, re.M)]


def in_comments(path):
    """The indented blocks of a source's doc comments: (line, block, line of the declaration below the comment)."""
    lines = [*path.read_text().split("\n"), ""]
    block, start, follows_blank = [], 0, False
    for number, line in enumerate(lines, 1):
        match = re.match(r"^\s*///( ?)(.*)$", line)
        text = match[2] if match else None
        if text is not None and text.startswith("    ") and (block or follows_blank):
            start = start or number
            block.append(text[4:])
        elif text == "" and block:
            block.append("")
        elif block:
            yield start, block, declaration(lines, number)
            block, start = [], 0
        follows_blank = text == ""


def declaration(lines, number):
    """The line of the declaration that a comment belongs to, of which `number` is one line or the next."""
    while number <= len(lines) and re.match(r"^\s*(///.*|// .*|@[\w()]+)$", lines[number - 1]):
        number += 1
    return number


def in_article(path):
    block, start, inside = [], 0, False
    for number, line in enumerate(path.read_text().split("\n"), 1):
        if line.startswith("```"):
            if inside and start:
                yield start, block, None
            inside = not inside
            block, start = [], number + 1 if inside and line == "```swift" else 0
        elif inside:
            block.append(line)


def compared(text):
    """A line of an example with its outcome compared."""
    match = OUTCOME.match(text)
    return text if not match else f'{match[1]}shown(##"{match[3]}"##, {match[2]}'


def main():
    root, out, runs = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), "--run" in sys.argv[3:]
    imports, examples = {"import ONNXLM"}, []
    for room in rooms(root):
        folder = root / "Sources" / room
        for path in sorted([*folder.rglob("*.swift"), *folder.rglob("*.md")]):
            for line, block, owner in in_article(path) if path.suffix == ".md" else in_comments(path):
                imports.update(text for text in block if text.startswith("import "))
                examples.append({
                    "file": str(path.relative_to(root)), "line": line, "declaration": owner,
                    "outcomes": sum(bool(OUTCOME.match(text)) for text in block) if runs else 0, "block": block})
    lines = [*sorted(imports), ""]
    for number, example in enumerate(examples):
        lines += [
            f"func example{number}(model: LanguageModel, chat: ChatSession, session: InferenceSession) async throws {{",
            "    do {", f"#sourceLocation(file: \"{example['file']}\", line: {example['line']})"]
        example["first"] = len(lines) + 1
        for text in example.pop("block"):
            text = compared(text) if runs else text
            lines.append("" if text.startswith("import ") or not text else "        " + text)
        example["last"] = len(lines)
        lines += ["#sourceLocation()", "    }", "}", ""]
    if runs:
        lines.append("let documentedExamples: [DocumentedExample] = [")
        lines += [
            f"    DocumentedExample(\"{example['file']}\", {example['line']}, {example['outcomes']}, example{number}),"
            for number, example in enumerate(examples) if example["outcomes"]]
        lines.append("]")
    out.mkdir(parents=True, exist_ok=True)
    (out / "Examples.swift").write_text("\n".join(lines) + "\n")
    if runs:
        (out / "examples.json").write_text(json.dumps(examples, indent=1))
    print(f"{len(examples)} examples")


main()
