#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-dependent.sh [ROOT]: a package that names us by version builds and runs, with targets of its own called Graph,
# Kernels and Generation, and fetches nothing that only our command needs. Works on the tree as it is, committed or
# not, through a repository of its own; keeps its builds in .build-dependent for the next time.
source "$(dirname "$0")/lib.sh"

tree=$(cd "${1:-$root}" && pwd)
scratch=$tree/.build-dependent
origin=$scratch/swift-onnx-lm.git
app=$scratch/app
mkdir -p "$scratch"

export GIT_AUTHOR_NAME=check GIT_AUTHOR_EMAIL=check@localhost GIT_AUTHOR_DATE='2000-01-01T00:00:00Z'
export GIT_COMMITTER_NAME=check GIT_COMMITTER_EMAIL=check@localhost GIT_COMMITTER_DATE='2000-01-01T00:00:00Z'
[ -d "$origin" ] || git init --quiet --bare "$origin"
in_origin() { git --git-dir="$origin" --work-tree="$tree" -c core.autocrlf=false -c core.excludesFile= "$@"; }
in_origin add --all -- "$tree"
content=$(in_origin write-tree)
number=$(in_origin tag --list '0.1.*' | wc -l)
if [ "$number" = 0 ] || [ "$content" != "$(in_origin rev-parse "0.1.$((number - 1))^{tree}")" ]; then
    # Each state is a version of its own, because a version that changes is refused (rightly) by package managers.
    commit=$(in_origin commit-tree -m "0.1.$number" "$content")
    in_origin tag "0.1.$number" "$commit"
    in_origin update-ref refs/heads/main "$commit"
    number=$((number + 1))
fi
version=0.1.$((number - 1))

mkdir -p "$app"
rm -rf "$app/Package.swift" "$app/Sources"
cp -R -p "$root/Tests/DependentPackage/." "$app/"
# The programs of Examples/, and the examples of doc comments and articles, are compiled as such a package sees them.
export ONNXLM_EXAMPLES=0
if [ "$tree" = "$root" ]; then
    ONNXLM_EXAMPLES=1
    cp -R -p "$root/Examples/Sources/." "$app/Sources/"
    say "dependent: $(python3 "$root/Scripts/extract_examples.py" "$root" "$app/Sources/Documented")"
fi
export ONNXLM_ORIGIN=file://$origin
swift_package() {
    local verb=$1
    shift
    swift "$verb" --package-path "$app" --scratch-path "$scratch/build" --cache-path "$scratch/cache" \
        --config-path "$scratch/config" --security-path "$scratch/security" "$@"
}
log=$scratch/log
{ swift_package package update && swift_package build --disable-index-store; } \
    >"$log" 2>&1 || { cat "$log" >&2; die "dependent: a package that depends on version $version does not build"; }

checkouts=$(ls "$scratch/build/checkouts")
[ "$checkouts" = swift-onnx-lm ] \
    || die "dependent: checked out $(printf '%s ' $checkouts)where swift-onnx-lm alone is needed"
grep -q "\"version\" : \"$version\"" "$app/Package.resolved" \
    || die "dependent: the package was not resolved to version $version"

output=$("$scratch/build/debug/dependent" "$tree/Tests/Fixtures/models/0.18.0-llama-int4") \
    || die "dependent: the program failed"
say "$output"
[ "${output##*$'\n'}" = "dependent package: fine" ] || die "dependent: the program did not reach its last line"
say "dependent: version $version built and run in $SECONDS s; checked out: $checkouts"
