#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# self-test.sh [CHECK…]: every check rejects its samples, and for the reason that the sample names.
# Tests/Checks/CHECK/SAMPLE is a small tree. `expected` holds a text that the check must say, a line each; `make.sh`
# makes what cannot be committed; every `NAME.sample` is renamed to NAME, so that no tool takes it for our source.
source "$(dirname "$0")/lib.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
problems=0
samples=0
problem() { say "self-test: $*"; problems=$((problems + 1)); }

# The checks that are named, or all.
checks=("$@")
if [ ${#checks[@]} = 0 ]; then
    for script in "$root"/Scripts/check-*.sh; do
        script=${script##*/check-}
        checks+=("${script%.sh}")
    done
fi
for name in "${checks[@]}"; do
    ls -d "$root/Tests/Checks/$name"/*/ >/dev/null 2>&1 || problem "check-$name.sh has no sample that it rejects"
    for sample in "$root/Tests/Checks/$name"/*/; do
        [ -d "$sample" ] || continue
        samples=$((samples + 1))
        label=$name/$(basename "$sample")
        tree=$scratch/$label
        mkdir -p "$tree"
        cp "$root/.swift-format" "$tree/"
        cp -R "$sample." "$tree/"
        find "$tree" -name '*.sample' | while IFS= read -r file; do mv "$file" "${file%.sample}"; done
        if [ -f "$tree/make.sh" ]; then
            (cd "$tree" && bash make.sh) || problem "$label: make.sh failed"
        fi
        expected=$(cat "$tree/expected")
        rm -f "$tree/make.sh" "$tree/expected"
        if "$root/Scripts/check-$name.sh" "$tree" >"$scratch/output" 2>&1; then
            problem "$label was accepted"
        else
            while IFS= read -r line; do
                grep -qF -- "$line" "$scratch/output" || {
                    problem "$label was rejected without the words: $line"
                    sed 's/^/    /' "$scratch/output" >&2
                }
            done <<<"$expected"
        fi
        rm -rf "$tree"
    done
done
[ "$problems" = 0 ] || die "self-test: $problems of $samples samples"
say "self-test: $samples samples rejected by ${#checks[@]} checks"
