# SPDX-License-Identifier: Apache-2.0
"""Compares what `onnxlm conformance` printed for a set of cases with the set's manifest.

    conformance_manifest.py [--update] MANIFEST CASES LOG

A line of the manifest is `NAME pass`, or `NAME` with the engine's refusal: the error's code, then the operators, or what
it says. Each case has one line. A case that fails without a refusal, by a wrong result, fits no line. --update writes new
cases, new passes and new words of refusals; it never takes a pass back. Prints `RIGHT WRONG`.
"""

import argparse
import pathlib
import re
import sys

HEAD = "# Every case of ONNX's set `{}`: pass, or the engine's refusal. Written by Scripts/conformance.sh --update.\n"
REFUSAL = re.compile(r"error\[([a-z0-9_.]+)\]: (.*)")
KIND = re.compile(r"  (?:ai\.onnx\.)?(\S+) version (\d+), \d+ ×: (.*?)(?= First: | \d+ more|$)")


def refusal(text):
    """The manifest's words for a failure; nil when the engine computed something else than expected."""
    match = REFUSAL.match(text)
    if not match:
        return None
    code, message = match.groups()
    kinds = KIND.findall(message)
    if kinds:
        parts = []
        for name, version, reason in kinds:
            plain = reason.split(" (version ")[0].removeprefix("ai.onnx.") == name
            parts.append(f"{name} {version}" + ("" if plain else f": {reason.rstrip('.')}"))
        return f"{code} {'; '.join(parts)}"
    operator = re.search(r"\(in (\S+) node", message)
    said = re.split(r"; | \(in |\. ", message)[0].rstrip(".")
    return f"{code} " + (f"{operator[1]}: " if operator else "") + said


def outcomes(log):
    """By name: `pass`, a refusal, or None for a wrong result; and what the log says."""
    result, said = {}, {}
    for line in log.read_text(errors="replace").splitlines():
        if line.startswith("PASS "):
            result[line[5:].rsplit("/", 1)[-1]] = "pass"
        elif line.startswith("FAIL "):
            name, _, text = line[5:].partition(": ")
            name = name.rsplit("/", 1)[-1]
            result[name], said[name] = refusal(text), text
    return result, said


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true")
    for name in ("manifest", "cases", "log"):
        parser.add_argument(name, type=pathlib.Path)
    arguments = parser.parse_args()
    listed = {}
    if arguments.manifest.exists():
        for line in arguments.manifest.read_text().splitlines():
            if line and not line.startswith("#"):
                name, _, outcome = line.partition(" ")
                listed[name] = outcome
    names = sorted(entry.name for entry in arguments.cases.iterdir() if (entry / "model.onnx").exists())
    found, said = outcomes(arguments.log)
    right, problems, written = 0, [], {}
    for name in sorted(set(names) | set(listed)):
        was, now = listed.get(name), found.get(name)
        if name not in names:
            problems.append(f"{name} is listed and is no case")
        elif now is None:
            problems.append(f"{name} gives a wrong result: {said.get(name, 'none')}")
            if was:
                written[name] = was
        elif now == was:
            right += 1
            written[name] = now
        elif arguments.update and was != "pass":
            right += 1
            written[name] = now
        else:
            problems.append(f"{name} is listed as `{was}`, and now it is `{now}`" if was else
                            f"{name} is not listed: `{now}`")
            if was:
                written[name] = was
    if arguments.update:
        lines = [f"{name} {outcome}\n" for name, outcome in sorted(written.items())]
        arguments.manifest.write_text(HEAD.format(arguments.cases.name) + "".join(lines))
    for problem in problems:
        print(f"conformance: {problem}", file=sys.stderr)
    print(right, len(problems))
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
