#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-sizes.sh [ROOT]: one concept a file. Lengths, license lines and names of the sources.
source "$(dirname "$0")/lib.sh"

cd "${1:-$root}"
problems=$(list_files . | python3 "$root/Scripts/check_sizes.py")
if [ -n "$problems" ]; then
    say "$problems"
    die "sizes: $(printf '%s\n' "$problems" | wc -l) problems"
fi
