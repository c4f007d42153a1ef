#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# python.sh [REQUIREMENTS]: makes the virtual environment .venv and, when a file is named, installs its pins there.
# Debian's own pip refuses packages from elsewhere, hence the environment.
source "$(dirname "$0")/lib.sh"

command -v python3 >/dev/null || die "python3 is not on the PATH. Python 3.11 or later is needed."
if ! [ -x "$root/.venv/bin/python" ] || ! [ -x "$root/.venv/bin/pip" ]; then
    say "Making the Python environment .venv"
    rm -rf "$root/.venv"
    quietly python3 -m venv "$root/.venv" || {
        rm -rf "$root/.venv"
        die "python3 cannot make a virtual environment. On Debian its package is python3-venv"
    }
fi
[ $# -gt 0 ] || exit 0

stamp=$root/.venv/.installed-$(basename "$1")
if ! cmp -s "$1" "$stamp"; then
    say "Installing $1 into .venv"
    need_disk 6000 "$root" "The Python environment of the tests"
    quietly "$root/.venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$1"
    cp "$1" "$stamp"
fi
