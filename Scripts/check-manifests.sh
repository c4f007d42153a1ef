#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-manifests.sh [ROOT]: every line of the conformance manifests is a case that passes, or one that the engine refuses
# with an error's code; each case has one line.
source "$(dirname "$0")/lib.sh"
tree=${1:-$root}
failed=0
for file in "$tree"/Tests/Fixtures/conformance/*.txt; do
    [ "${file##*/}" != tolerances.txt ] || continue
    awk -v file="${file#"$tree"/}" '
        /^#/ { next }
        seen[$1]++ { print file ": " $1 " is listed twice"; bad = 1 }
        $2 != "pass" && $2 !~ /^[a-z]+\.[a-z_]+$/ { print file ": " $1 " neither passes nor is refused by a code"; bad = 1 }
        $2 != "pass" && NF < 3 { print file ": " $1 " is refused without words"; bad = 1 }
        $2 == "pass" && NF > 2 { print file ": " $1 " passes with words"; bad = 1 }
        END { exit bad }
    ' "$file" >&2 || failed=1
done
[ "$failed" = 0 ] || die "manifests: see above; Scripts/conformance.sh --update writes them"
