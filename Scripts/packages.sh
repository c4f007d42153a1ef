#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# packages.sh [COMMAND…]: installs the system packages that a build needs, and those of the commands named (packages of
# the same name), when they are missing. With apt, as root or through sudo.
source "$(dirname "$0")/lib.sh"

missing=()
if ! command -v pkg-config >/dev/null; then
    missing=(pkg-config libprotobuf-c-dev libopenblas-dev)
else
    pkg-config --exists libprotobuf-c || missing+=(libprotobuf-c-dev)
    pkg-config --exists openblas || missing+=(libopenblas-dev)
fi
# Debian's Python comes without what makes virtual environments.
[ -x "$root/.venv/bin/pip" ] || python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3 python3-venv)
for name in "$@"; do command -v "$name" >/dev/null || missing+=("$name"); done
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null \
    || die "these packages are missing: ${missing[*]} (their Debian names). Install them, then try again."
as_root=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "run this as root: apt-get install ${missing[*]}"
    as_root=(sudo)
fi
say "Installing ${missing[*]}"
install=(env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "${missing[@]}")
# The lists of packages on the machine may be absent or old: they are fetched only when the first try fails.
quietly "${as_root[@]+"${as_root[@]}"}" "${install[@]}" && exit 0
quietly "${as_root[@]+"${as_root[@]}"}" apt-get update --quiet
quietly "${as_root[@]+"${as_root[@]}"}" "${install[@]}"
