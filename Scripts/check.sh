#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds, then runs every check; all of them, also after a failure. First the checks are checked themselves.
export ONNXLM_PROVIDERS=1
source "$(dirname "$0")/lib.sh"

failed=()
step() { # NAME COMMAND…
    local name=$1 start=$SECONDS
    shift
    if "$@"; then say "check: $name passed ($((SECONDS - start)) s)"; else
        say "check: $name FAILED ($((SECONDS - start)) s)"
        failed+=("$name")
    fi
}

"$root/Scripts/packages.sh"
for name in format sizes rooms data; do step "$name" "$root/Scripts/check-$name.sh"; done
step build "$root/Scripts/build.sh" --build-tests
for script in "$root"/Scripts/check-*.sh; do
    name=${script##*/check-}
    case $name in format.sh | sizes.sh | rooms.sh | data.sh) ;; *) step "${name%.sh}" "$script" ;; esac
done
step self-test "$root/Scripts/self-test.sh"
[ ${#failed[@]} = 0 ] || die "check: failed: ${failed[*]}"
