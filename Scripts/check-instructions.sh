#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-instructions.sh [ROOT]: AVX stays in the objects of ONNXKernelsAVX2, and these define nothing that the linker
# could hand to others (weak symbols). Reads the objects of the release build.
source "$(dirname "$0")/lib.sh"

cd "${1:-$root}"
build=.build/release
if [ "$(uname -m)" != x86_64 ] || [ "${ONNXLM_NO_AVX2:-}" = 1 ]; then
    say "instructions: skipped, this build has no AVX2 kernels"
    exit 0
fi
problems=0
for module in Sources/*ONNX*; do
    name=${module##*/}
    [ -d "$module" ] && [ ! -f "$module/module.modulemap" ] || continue
    objects=()
    while IFS= read -r object; do objects+=("$object"); done < <(
        find "$build/$name.build/" -name '*.o' 2>/dev/null | sort)
    if [ ${#objects[@]} = 0 ]; then
        say "instructions: $name has no objects under $build: build first"
        problems=$((problems + 1))
    elif [ "$name" = ONNXKernelsAVX2 ]; then
        # The one weak symbol that every Swift object has is a version number, the same in all of them.
        found=$(nm -A "${objects[@]}" | { grep -E ' [WwVv] ' || :; } | { grep -v ' __swift_reflection_version$' || :; })
        if [ -n "$found" ]; then
            say "instructions: weak symbols in $name:" && say "$found"
            problems=$((problems + 1))
        fi
    else
        # Vector registers past 128 bits, or the three-operand forms (v…) of those with 128.
        found=$(objdump -d --no-show-raw-insn "${objects[@]}" | awk '
            /^[0-9a-f]+ <.*>:$/ { symbol = $2 }
            /%[yz]mm[0-9]/ || /^ *[0-9a-f]+:[ \t]+v[a-z0-9]+ .*%xmm/ {
                if (!(symbol in seen)) print "    " symbol " " $0
                seen[symbol] = 1 }' | head -n 20)
        if [ -n "$found" ]; then
            say "instructions: AVX in $name:" && say "$found"
            problems=$((problems + 1))
        fi
    fi
done
[ "$problems" = 0 ] || die "instructions: $problems modules"
