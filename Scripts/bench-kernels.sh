#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the benchmark of kernels and runs it; ONNXLM_OPTIONS are its arguments.
source "$(dirname "$0")/lib.sh"

cd "$root"
"$root/Scripts/build.sh" --product ONNXKernelBenchmark
read -ra options <<<"${ONNXLM_OPTIONS:-}"
exec .build/release/ONNXKernelBenchmark ${options[@]+"${options[@]}"}
