#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A million mutated templates, and 400,000 adversarial messages for each of twelve models' templates.
source "$(dirname "$0")/../lib.sh"

cd "$root"
results=.build/test-results
mkdir -p "$results"
"$root/Scripts/templates.sh"
"$root/Scripts/build.sh" --build-tests
ONNXLM_DEEP=1 swift test "${build_flags[@]}" --disable-testable-imports --skip-build \
    --xunit-output "$results/deep-templates.xml" --filter 'TemplateFuzzTests|ControlTokenTests' >&2 || :
read -r passed failed _ < <(python3 "$root/Scripts/count_tests.py" "$results"/deep-templates*.xml)
[ "${passed:-0}" -gt 0 ] || failed=1
echo "${passed:-0} ${failed:-1}"
