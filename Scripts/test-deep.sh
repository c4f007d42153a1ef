#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test-deep.sh [PART…]: the long tests, one script of Scripts/deep/ each, in turn; all of them, also after a failure.
# A part prints `PASSED FAILED` last on standard output and its details on standard error. Ends with
# `N passed, N failed, N skipped`.
source "$(dirname "$0")/lib.sh"

cd "$root"
parts=("$@")
if [ ${#parts[@]} = 0 ]; then
    for script in Scripts/deep/*.sh; do script=${script##*/} && parts+=("${script%.sh}"); done
fi
"$root/Scripts/build.sh" --product onnxlm
passed=0 failed=0
for part in "${parts[@]}"; do
    start=$SECONDS
    read -r right wrong < <("$root/Scripts/deep/$part.sh" | tail -n 1 || :) || :
    passed=$((passed + ${right:-0})) failed=$((failed + ${wrong:-1}))
    say "test-deep: $part: ${right:-0} passed, ${wrong:-1} failed ($((SECONDS - start)) s)"
    right='' wrong=''
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
