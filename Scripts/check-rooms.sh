#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-rooms.sh [ROOT]: each room imports only what rooms.txt allows it, operators stay free of pointers to vectors
# and of architectures, nothing in the sources traps on purpose or names a machine.
source "$(dirname "$0")/lib.sh"

cd "${1:-$root}"
rooms=$root/Scripts/rooms.txt
files=$(list_files . | { grep -E '^Sources/.*\.(swift|c|h)$' || :; })
problems=$(
    # Imports against the table. A module of the table that a room may not import, or one that nobody may.
    printf '%s\n' "$files" | { grep '\.swift$' || :; } | while IFS= read -r file; do
        room=${file#Sources/} && room=${room%%/*}
        sed -nE 's/^ *(@[a-zA-Z_]+ +)?((public|package|internal|fileprivate|private) +)?import +((struct|class|enum|protocol|func|typealias|let|var) +)?([A-Za-z_0-9]+).*/\6/p' "$file" \
            | sort -u | awk -v room="$room" -v file="$file" '
                NR == FNR { if ($1 ~ /^#/ || NF == 0) next
                            name = $1; sub(/:$/, "", name); known[name] = 1
                            for (i = 2; i <= NF; i++) allowed[name, $i] = 1; next }
                !(room in known) { print file ": the room " room " is not in Scripts/rooms.txt"; exit }
                !((room, $1) in allowed) && !(("*", $1) in allowed) {
                    print file ": " room " may not import " $1 }' "$rooms" -
    done
    # Words that a room, or every source, must not hold.
    forbid() { # WHY PATTERN FILES...
        local why=$1 pattern=$2
        shift 2
        [ $# -gt 0 ] || return 0
        { grep -nHE "$pattern" "$@" || :; } | sed "s|\$|   <- $why|"
    }
    saved=$IFS
    IFS=$'\n'
    swift_files=($(printf '%s\n' "$files" | { grep '\.swift$' || :; }))
    operator_files=($(printf '%s\n' "$files" | { grep '^Sources/ONNXOperators/' || :; }))
    all_files=($files)
    IFS=$saved
    forbid "data from outside must throw" '(^|[^A-Za-z_.`])(try!|as!|fatalError\()' \
        ${swift_files[@]+"${swift_files[@]}"}
    forbid "operators know no architecture" '#if +(.*[^a-zA-Z])?arch\(' ${operator_files[@]+"${operator_files[@]}"}
    forbid "operators hold no vectors" '(^|[^A-Za-z0-9_])(SIMD[0-9]+<|_mm[0-9]*_)' \
        ${operator_files[@]+"${operator_files[@]}"}
    forbid "the path of a machine" '"(/home/|/Users/|/root/|/work/|/tmp/|/opt/)' ${all_files[@]+"${all_files[@]}"}
)
if [ -n "$problems" ]; then
    say "$problems"
    die "rooms: $(printf '%s\n' "$problems" | wc -l) problems"
fi
