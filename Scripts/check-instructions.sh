#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-instructions.sh [ROOT]: AVX stays in the objects of ONNXKernelsAVX2 and ONNXKernelsAVX512VNNI, AVX-512 in those
# of the latter, AMX in its functions whose names end so, and these define nothing that the linker could hand to others
# (weak symbols). Reads the objects of the release build.
source "$(dirname "$0")/lib.sh"

cd "${1:-$root}"
build=.build/release
if [ "$(uname -m)" != x86_64 ] || [ "${ONNXLM_NO_AVX2:-}" = 1 ]; then
    say "instructions: skipped, this build has no vector kernels"
    exit 0
fi
# Vector registers past 128 bits, or the three-operand forms (v…) of those with 128.
avx='/%[yz]mm[0-9]/ || /^ *[0-9a-f]+:[ \t]+v[a-z0-9]+ .*%xmm/'
# Registers of 512 bits, the upper sixteen of any width, masks, and operands that are broadcast from memory.
avx512='/%zmm[0-9]/ || /%[xy]mm(1[6-9]|2[0-9]|3[01])/ || /%k[0-7]/ || /\{1to[0-9]+\}/'
amx='(/%tmm[0-7]/ || /ldtilecfg|tilerelease/) && symbol !~ /_amx>:$/'
problems=0

# forbid_instructions MODULE WHAT PATTERN OBJECT…
forbid_instructions() {
    local module=$1 what=$2 pattern=$3 found
    shift 3
    found=$(objdump -d --no-show-raw-insn "$@" | awk '
        /^[0-9a-f]+ <.*>:$/ { symbol = $2 }
        '"$pattern"' {
            if (!(symbol in seen)) print "    " symbol " " $0
            seen[symbol] = 1 }' | head -n 20)
    if [ -n "$found" ]; then
        say "instructions: $what in $module:" && say "$found"
        problems=$((problems + 1))
    fi
}

# forbid_weak_symbols MODULE OBJECT…
forbid_weak_symbols() {
    local module=$1 found
    shift
    # The one weak symbol that every Swift object has is a version number, the same in all of them.
    found=$(nm -A "$@" | { grep -E ' [WwVv] ' || :; } | { grep -v ' __swift_reflection_version$' || :; })
    if [ -n "$found" ]; then
        say "instructions: weak symbols in $module:" && say "$found"
        problems=$((problems + 1))
    fi
}

for module in Sources/*ONNX*; do
    name=${module##*/}
    [ -d "$module" ] && [ ! -f "$module/module.modulemap" ] || continue
    objects=()
    while IFS= read -r object; do objects+=("$object"); done < <(
        find "$build/$name.build/" -name '*.o' 2>/dev/null | sort)
    if [ ${#objects[@]} = 0 ]; then
        say "instructions: $name has no objects under $build: build first"
        problems=$((problems + 1))
        continue
    fi
    case $name in
        ONNXKernelsAVX512VNNI)
            forbid_weak_symbols "$name" "${objects[@]}"
            forbid_instructions "$name" "AMX instructions" "$amx" "${objects[@]}"
            ;;
        ONNXKernelsAVX2)
            forbid_weak_symbols "$name" "${objects[@]}"
            forbid_instructions "$name" AVX-512 "$avx512" "${objects[@]}"
            ;;
        *) forbid_instructions "$name" AVX "$avx" "${objects[@]}" ;;
    esac
done
[ "$problems" = 0 ] || die "instructions: $problems modules"
