#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-performance.sh [ROOT | --record]: a token takes no more instructions than ROOT/Benchmarks/instructions.txt says,
# with a margin, and no more allocations. Counted by callgrind, because times on shared machines say nothing. --record writes the file anew.
source "$(dirname "$0")/lib.sh"

margin=5 # percent
tree=$root
[ "${1:-}" = --record ] || tree=$(cd "${1:-$root}" && pwd)
baseline=$tree/Benchmarks/instructions.txt
scratch=$root/.build/performance

if [ "$(uname -sm)" != "Linux x86_64" ] || ! grep -q '^flags.* avx2 ' /proc/cpuinfo || [ "${ONNXLM_NO_AVX2:-}" = 1 ]; then
    say "performance: skipped, the counts are those of AVX2 kernels on Linux"
    exit 0
fi
[ "${1:-}" = --record ] || [ -f "$baseline" ] \
    || die "performance: there is no $baseline. 'make bench-baseline' records one."
[ -x "$command_binary" ] || die "performance: $command_binary is not built"
"$root/Scripts/packages.sh" valgrind

# One count serves for as long as the binary and the way of counting stay as they are.
state=$(cat "$command_binary" "$root/Scripts/count_instructions.py" | cksum)
if [ "$state" != "$(cat "$scratch/state" 2>/dev/null)" ]; then
    rm -f "$scratch/state"
    mkdir -p "$scratch"
    python3 "$root/Scripts/count_instructions.py" "$command_binary" "$scratch" >"$scratch/counts.txt" \
        || die "performance: the instructions could not be counted"
    echo "$state" >"$scratch/state"
fi

compiler=$(swift --version 2>/dev/null | sed -nE 's/.*(Swift version [0-9.]+).*/\1/p' | head -n 1)
if [ "${1:-}" = --record ]; then
    {
        echo "# Instructions and allocations per token on the shape small, one thread, AVX2 kernels. 'make bench-baseline' writes this"
        echo "# file and 'make check' compares. Recorded with $compiler and $(valgrind --version)."
        cat "$scratch/counts.txt"
    } >"$baseline"
    exec cat "$baseline"
fi

problems=$(awk -v margin="$margin" '
    /^#/ || NF == 0 { next }
    NR == FNR { recorded[$1] = $2; next }
    !($1 in recorded) { print "performance: no count is recorded for " $1; next }
    { seen[$1] = 1 }
    $1 ~ /allocations$/ {
        if ($2 > recorded[$1])
            printf "performance: %s are %d a token, %d were recorded\n", $1, $2, recorded[$1]
        next }
    { change = ($2 / recorded[$1] - 1) * 100 }
    change > margin {
        printf "performance: %s takes %d instructions a token, %d were recorded: %.1f %% more, at most %d %% is allowed\n",
            $1, $2, recorded[$1], change, margin }
    change < -margin {
        printf "performance: %s takes %.1f %% fewer instructions than recorded\n", $1, -change >"/dev/stderr" }
    END { for (name in recorded) if (!(name in seen)) print "performance: nothing counts " name " any more" }
    ' "$baseline" "$scratch/counts.txt")
if [ -n "$problems" ]; then
    say "$problems"
    grep '^# file' "$baseline" >&2 || :
    die "performance: find the cause (callgrind_annotate $scratch/callgrind.8.49)," \
        "or accept the counts of $compiler with 'make bench-baseline' and say why in the commit"
fi
