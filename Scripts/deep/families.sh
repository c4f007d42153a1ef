#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# families.sh: makes every tiny model of Tests/Fixtures/scripts/tiny_models.py that builder 0.18.0 writes, and the exports of
# torch.onnx, the ones that are not committed included, and compares each with onnxruntime.
source "$(dirname "$0")/../lib.sh"

cd "$root"
export ONNXLM_VENV=.venv-models
python=$root/$ONNXLM_VENV/bin/python
made=$root/Tests/Fixtures/.generated/models
results=.build/test-results
mkdir -p "$results" "$made/models" "$made/work"
"$root/Scripts/python.sh" Tests/Fixtures/scripts/requirements-0.18.txt
scripts=Tests/Fixtures/scripts
# Scripts and versions tell whether what was made is still right.
state=$(cat $scripts/tiny_models.py $scripts/make_*.py $scripts/requirements-0.18.txt | cksum)
if [ "$state" != "$(cat "$made/state" 2>/dev/null)" ]; then
    need_disk 300 "$root" "The tiny models"
    (
        cd $scripts
        "$python" make_models.py --out "$made/models" --work "$made/work"
        "$python" make_torch_exports.py --out "$made/models" --work "$made/work" --exporter dynamo
        cp -R ../models/torchscript-gpt2-opset13 "$made/models/"
        "$python" make_torch_exports.py --out "$made/models" --work "$made/work" --exporter quantized
        "$python" make_oracles.py --models "$made/models" --work "$made/work"
    ) >"$results/families.log" 2>&1 || { tail -n 20 "$results/families.log" >&2; echo 0 1; exit 1; }
    echo "$state" >"$made/state"
fi
"$root/Scripts/build.sh" --build-tests >&2
rm -f "$results"/families*.xml
ONNXLM_TEST_MODELS=$made/models swift test "${build_flags[@]}" --disable-testable-imports --skip-build \
    --filter 'ModelOracleTests|DeterminismTests|BatchTests' --xunit-output "$results/families.xml" \
    >"$results/families-tests.log" 2>&1 || grep -E '✘|error:' "$results/families-tests.log" >&2 || :
read -r passed failed _ < <(python3 "$root/Scripts/count_tests.py" "$results"/families*.xml)
echo "$passed $failed"
