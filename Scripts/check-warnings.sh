#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-warnings.sh [ROOT]: the compilers said nothing about our sources. For Swift, reads the diagnostics that the
# release build keeps beside its objects (also those of modules that this run did not have to compile again).
source "$(dirname "$0")/lib.sh"

cd "${1:-$root}"
build=.build/release
problems=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# What the compiler writes when it has nothing to say is the measure of all others.
: >"$scratch/silent.swift"
echo '{"": {"diagnostics": "silent.dia"}, "silent.swift": {"object": "silent.o"}}' >"$scratch/map.json"
(cd "$scratch" && swiftc -c -wmo -parse-as-library -serialize-diagnostics -output-file-map map.json silent.swift)
silent=$(wc -c <"$scratch/silent.dia")

for module in Sources/ONNX* Tests/ONNX*; do
    [ -d "$module" ] || continue
    name=${module##*/}
    found=
    for diagnostics in "$build/$name.build"/*.dia; do
        [ -f "$diagnostics" ] || continue
        found=yes
        if [ "$(wc -c <"$diagnostics")" -gt "$silent" ]; then
            say "warnings: $name:"
            strings -n 12 "$diagnostics" | sed 's/^/    /' >&2
            problems=$((problems + 1))
        fi
    done
    if [ -z "$found" ]; then
        say "warnings: $name has not been built with 'swift build --build-tests ${build_flags[*]}'"
        problems=$((problems + 1))
    fi
done
for source in Sources/*/*.c; do
    [ -f "$source" ] || continue
    # shellcheck disable=SC2046
    clang -fsyntax-only -Wall -Wextra -Werror -I "$(dirname "$source")/include" \
        $(pkg-config --cflags libprotobuf-c) "$source" >&2 || problems=$((problems + 1))
done
[ "$problems" = 0 ] || die "warnings: $problems modules or files with something to mend"
