#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# deep/tokenizers.sh: compares fifteen tokenizers with the reference on a million strings each (ONNXLM_DEEP_STRINGS: another number, at least
# 20,000). 48 minutes on two busy cores, most of it the reference's.
source "$(dirname "$0")/../lib.sh"

cd "$root"
strings=${ONNXLM_DEEP_STRINGS:-1000000}
fixtures=Tests/Fixtures/tokenizers
made=Tests/Fixtures/.generated/tokenizers
work=$root/.build/deep-tokenizers
quietly "$root/Scripts/build.sh" --build-tests
"$root/Scripts/model.sh"
ONNXLM_VENV=.venv-tokenizers "$root/Scripts/python.sh" "$fixtures/requirements.txt"
python=$root/.venv-tokenizers/bin/python
"$root/Scripts/tokenizers.sh" "$python"

files=("$default_model/tokenizer.json")
for name in phi4-mini cl100k-llama3 cl100k-qwen2 cl100k; do files+=("$made/$name.tokenizer.json"); done
for name in llama2 mistral gemma phi3 deepseek unigram-bytes bert clip word-ends falcon; do files+=("$fixtures/$name.tokenizer.json"); done
rm -rf "$work"
mkdir -p "$work"
for file in "${files[@]}"; do
    name=$(basename "$file" .json)
    name=${name%.tokenizer}
    [ "$name" != tokenizer ] || name=$(basename "$(dirname "$file")")
    quietly "$python" "$fixtures/make_expectations.py" "$work" "$file" --count "$strings"
    echo "$name $root/$file" >>"$work/list"
done
ONNXLM_TEST_TOKENIZERS=$work swift test "${build_flags[@]}" --disable-testable-imports --skip-build \
    --filter matchesTheReferenceOnAskedFor >"$work/log" 2>&1 || tail -n 100 "$work/log" >&2
grep -aoE '[^ ]+: [0-9]+ strings, [0-9]+ blocks differ' "$work/log" >&2 || :
right=$(grep -acE 'strings, 0 blocks differ' "$work/log" || :)
echo "$right $((${#files[@]} - right))"
