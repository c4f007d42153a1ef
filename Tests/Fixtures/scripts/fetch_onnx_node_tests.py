# SPDX-License-Identifier: Apache-2.0
"""Fetches ONNX's own operator tests from the PyPI wheel of onnx 1.22.0, the last one that carries them.

    python fetch_onnx_node_tests.py OUT

OUT/<case>/{model.onnx,test_data_set_N/…}. OUT should be ignored by git. Returns at once when OUT is complete.
Needs only pip.
"""

import argparse
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

VERSION = "1.22.0"
PREFIX = "onnx/backend/test/data/node/"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    out = parser.parse_args().out
    stamp = out / ".complete"
    if stamp.exists() and stamp.read_text().startswith(f"onnx {VERSION} "):
        print(f"{out}: {stamp.read_text().strip()}, already there")
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, suffix=".tmp") as scratch:
        scratch = pathlib.Path(scratch)
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
                        "--dest", str(scratch), f"onnx=={VERSION}"], check=True)
        wheel = next(scratch.glob("onnx-*.whl"))
        cases = set()
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.infolist():
                if not entry.filename.startswith(PREFIX) or entry.is_dir():
                    continue
                relative = pathlib.PurePosixPath(entry.filename[len(PREFIX):])
                if relative.is_absolute() or ".." in relative.parts:
                    raise SystemExit(f"refused: {entry.filename}")
                target = scratch / "node" / relative
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(entry))
                cases.add(relative.parts[0])
        if not cases:
            raise SystemExit(f"{wheel.name} carries no operator tests")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        (scratch / "node" / ".complete").write_text(f"onnx {VERSION} {len(cases)} cases, wheel sha256 {digest}\n")
        shutil.rmtree(out, ignore_errors=True)
        (scratch / "node").rename(out)
    print(f"{out}: {len(cases)} cases of onnx {VERSION}")


if __name__ == "__main__":
    main()
