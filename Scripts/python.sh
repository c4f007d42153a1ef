#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# python.sh [REQUIREMENTS]: makes the virtual environment .venv, or the one that ONNXLM_VENV names, and, when a file is
# named, installs its pins there. Debian's own pip refuses packages from elsewhere, hence the environment.
source "$(dirname "$0")/lib.sh"

venv=$root/${ONNXLM_VENV:-.venv}

command -v python3 >/dev/null || die "python3 is not on the PATH. Python 3.11 or later is needed."
if ! [ -x "$venv/bin/python" ] || ! [ -x "$venv/bin/pip" ]; then
    say "Making the Python environment ${venv##*/}"
    rm -rf "$venv"
    quietly python3 -m venv "$venv" || {
        rm -rf "$venv"
        die "python3 cannot make a virtual environment. On Debian its package is python3-venv"
    }
fi
[ $# -gt 0 ] || exit 0

stamp=$venv/.installed-$(basename "$1")
if ! cmp -s "$1" "$stamp"; then
    say "Installing $1 into ${venv##*/}"
    need_disk 6000 "$root" "The Python environment ${venv##*/}"
    quietly "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$1"
    cp "$1" "$stamp"
fi
