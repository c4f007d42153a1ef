#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# families.sh: makes every tiny model of Tests/Fixtures/scripts/tiny_models.py that the builders 0.18.0 and 0.7.0 write, and the
# exports of torch.onnx, the ones that are not committed included, and compares each with onnxruntime.
source "$(dirname "$0")/../lib.sh"

cd "$root"
python=$root/.venv-models/bin/python
old_python=$root/.venv-models-0.7/bin/python
made=$root/Tests/Fixtures/.generated/models
results=.build/test-results
mkdir -p "$results" "$made/models" "$made/work"
ONNXLM_VENV=.venv-models "$root/Scripts/python.sh" Tests/Fixtures/scripts/requirements-0.18.txt
scripts=Tests/Fixtures/scripts
# Scripts and versions tell whether what was made is still right.
state=$(cat $scripts/tiny_*.py $scripts/make_{models,oracles,torch_exports}.py $scripts/requirements-0.*.txt | cksum)
if [ "$state" != "$(cat "$made/state" 2>/dev/null)" ]; then
    need_disk 300 "$root" "The tiny models"
    ONNXLM_VENV=.venv-models-0.7 "$root/Scripts/python.sh" Tests/Fixtures/scripts/requirements-0.7.txt
    rm -rf "$made/models"
    mkdir -p "$made/models"
    (
        cd $scripts &&
        "$python" make_models.py --out "$made/models" --work "$made/work" &&
        "$old_python" make_models.py --out "$made/models" --work "$made/work" &&
        "$old_python" make_torch_exports.py --out "$made/models" --work "$made/work" --exporter torchscript &&
        "$python" make_torch_exports.py --out "$made/models" --work "$made/work" --exporter dynamo &&
        "$python" make_torch_exports.py --out "$made/models" --work "$made/work" --exporter quantized &&
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
