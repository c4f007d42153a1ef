#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds in release with the trait of the command; arguments go to `swift build`. Prints to standard error only.
source "$(dirname "$0")/lib.sh"

command -v swift >/dev/null || die "swift is not on the PATH. Swift 6.2 or later is needed."
"$root/Scripts/packages.sh"
[ -d "$root/.build/release" ] || need_disk 1500 "$root" "The build"
cd "$root"
# The package manager writes the traits of a build in the order of a hash table, another one each time, and another order
# compiles every target again.
export SWIFT_DETERMINISTIC_HASHING=1
case $traits in *Providers*) mkdir -p .build && : >.build/providers ;; esac
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if [ -t 2 ]; then
    quietly swift build "${build_flags[@]}" "$@"
else
    # Without a terminal the progress of the compiler is only noise, unless it fails.
    swift build "${build_flags[@]}" "$@" >"$log" 2>&1 || { cat "$log" >&2; die "the build failed (see above)"; }
fi
