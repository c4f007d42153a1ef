#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compares the tokenizers with Hugging Face's on one thread; ONNXLM_OPTIONS are arguments of compare.py.
source "$(dirname "$0")/lib.sh"

cd "$root"
"$root/Scripts/build.sh" --product ONNXTokenizerBenchmark
"$root/Scripts/model.sh"
ONNXLM_VENV=.venv-tokenizers "$root/Scripts/python.sh" Benchmarks/tokenizers/requirements.txt
python=$root/.venv-tokenizers/bin/python
"$root/Scripts/tokenizers.sh" "$python"
made=Tests/Fixtures/.generated/tokenizers
[ -f "$made/llama2-32k.tokenizer.json" ] \
    || "$python" Benchmarks/tokenizers/train_sentencepiece.py "$made/llama2-32k.tokenizer.json"
read -ra options <<<"${ONNXLM_OPTIONS:-}"
exec "$python" Benchmarks/tokenizers/compare.py .build/release/ONNXTokenizerBenchmark \
    "smollm2=$default_model/tokenizer.json" "o200k=$made/phi4-mini.tokenizer.json" \
    "sentencepiece=$made/llama2-32k.tokenizer.json" ${options[@]+"${options[@]}"}
