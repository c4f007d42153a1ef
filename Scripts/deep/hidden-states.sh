#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# hidden-states.sh: tiny decoders that take embeddings in place of tokens, or give hidden states in place of logits, give what
# onnxruntime gives: a prompt, a step, a part after another, two sequences at once.
source "$(dirname "$0")/../lib.sh"

cd "$root"
export ONNXLM_VENV=.venv-models
cases=Tests/Fixtures/.generated/hidden-states
results=.build/test-results
scripts=Tests/Fixtures/scripts
mkdir -p "$results"
"$root/Scripts/python.sh" $scripts/requirements-0.18.txt
state=$(cat $scripts/make_{hidden_states,models}.py $scripts/tiny_*.py $scripts/requirements-0.18.txt | cksum)
if [ "$state" != "$(cat "$cases/state" 2>/dev/null)" ]; then
    need_disk 100 "$root" "Tiny decoders"
    rm -rf "$cases"
    mkdir -p "$cases"
    $ONNXLM_VENV/bin/python $scripts/make_hidden_states.py --out "$cases" --work "$root/.build/hidden-states" \
        >"$results/hidden-states-made.log" 2>&1 || { tail -n 20 "$results/hidden-states-made.log" >&2; echo 0 1; exit 1; }
    echo "$state" >"$cases/state"
fi
"$command_binary" conformance "$cases" >"$results/hidden-states.log" 2>"$results/hidden-states.errors" || :
grep '^FAIL' "$results/hidden-states.log" >&2 || :
sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$results/hidden-states.log" | tail -n 1
