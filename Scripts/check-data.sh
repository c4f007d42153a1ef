#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-data.sh [ROOT]: the repository stays small. Each file under 1 MB, the test data under 15 MB.
source "$(dirname "$0")/lib.sh"

cd "${1:-$root}"
problems=0
total=0
while read -r bytes file; do
    if [ "$bytes" -ge 1000000 ]; then
        say "data: $file: $bytes bytes, must be under 1000000"
        problems=$((problems + 1))
    fi
    case $file in Tests/Fixtures/*) total=$((total + bytes)) ;; esac
done < <(list_files . | tr '\n' '\0' | xargs -0 wc -c | grep -v ' total$')
if [ "$total" -ge 15000000 ]; then
    say "data: Tests/Fixtures: $total bytes in all, must be under 15000000"
    problems=$((problems + 1))
fi
[ "$problems" = 0 ] || die "data: $problems problems"
