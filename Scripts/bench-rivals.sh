#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds what is missing, installs the rivals into .venv-rivals (llama.cpp is compiled there, for this machine: about ten
# minutes), then measures all engines in turn. ONNXLM_OPTIONS are those of Benchmarks/rivals; ONNXLM_RIVALS_PYTHON is a
# Python that has the packages already.
source "$(dirname "$0")/lib.sh"

cd "$root"
"$root/Scripts/build.sh" --product onnxlm
python=${ONNXLM_RIVALS_PYTHON:-}
if [ -z "$python" ]; then
    # A compiler for llama.cpp: the Swift toolchain's own where there is no other, and where there are AMX tiles, since what
    # gcc 12 makes of llama.cpp's use of them ends with an illegal instruction.
    if ! command -v c++ >/dev/null || grep -q amx_tile /proc/cpuinfo; then export CC=clang CXX=clang++; fi
    ONNXLM_VENV=.venv-rivals "$root/Scripts/python.sh" Benchmarks/rivals/requirements.txt
    python=$root/.venv-rivals/bin/python
fi
# Split at spaces; none of the options needs a space inside.
read -ra options <<<"${ONNXLM_OPTIONS:-}"
cd Benchmarks
exec "$python" -m rivals ${options[@]+"${options[@]}"}
