#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# story.sh COMMAND TOKENIZER_FOLDER [SMALL_DISK]: plays the whole story of a model on a new machine with the built command,
# a hub and a chat server on loopback: a disk too small, a download that is killed and goes on, an answer from here, a
# damaged file, an answer from afar. Prints a line for each step; ends with an error at the first that is not as it should be.
# The tiny model has Phi-4-mini's shape and random weights, and takes its tokenizer from TOKENIZER_FOLDER. SMALL_DISK is a
# disk of about 1 MB; without it one is mounted, for which root is needed.
set -euo pipefail
export LC_ALL=C
command=$(realpath "$1")
tokenizer=$(realpath "$2")
scripts=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=
mounted=
finish() {
    [ -z "$server" ] || kill -9 "$server" 2>/dev/null || :
    [ -z "$mounted" ] || umount "$mounted" || :
    rm -rf "$work"
}
trap finish EXIT
step() { printf 'story: %s\n' "$*"; }
fail() {
    printf 'story: FAILED: %s\n' "$1" >&2
    shift
    for file in "$@"; do sed 's/^/  | /' "$file" >&2; done
    exit 1
}
# expect STATUS COMMAND...: runs it with its output in $work/out and $work/err.
expect() {
    local wanted=$1 status=0
    shift
    "$@" >"$work/out" 2>"$work/err" || status=$?
    [ "$status" = "$wanted" ] || fail "status $status instead of $wanted: $*" "$work/out" "$work/err"
}
says() { grep -qE -- "$1" "$work/out" "$work/err" || fail "nothing says \"$1\"" "$work/out" "$work/err"; }

# An empty machine.
export HOME=$work/home
mkdir -p "$HOME"
unset XDG_DATA_HOME XDG_CACHE_HOME XDG_CONFIG_HOME HF_HOME HF_HUB_CACHE HF_TOKEN ONNXLM_CACHE_DIR ONNXLM_CONFIG || :
unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY || :
export ONNXLM_MODELS=$HOME/models
expect 0 "$command" models
says '^0 bytes in '
step "an empty machine has no models"

# The hub's model: too large for the small disk.
expect 0 "$command" synthesize tiny "$work/hub"
head -c 3000000 /dev/urandom >>"$work/hub/model.onnx.data"
cp "$tokenizer"/tokenizer_config.json "$tokenizer"/chat_template.jinja "$work/hub/"
python3 - "$tokenizer/tokenizer.json" "$work/hub/tokenizer.json" <<'PYTHON'
import json
import sys

# Every token of the model has a text.
content = json.load(open(sys.argv[1]))
vocabulary = content["model"]["vocab"]
for token in range(len(vocabulary), 512):
    vocabulary[f"w{token}"] = token
json.dump(content, open(sys.argv[2], "w"))
PYTHON
python3 "$scripts/story_hub.py" "$work/hub" "$work/port" 2>"$work/requests" &
server=$!
for _ in $(seq 100); do [ ! -e "$work/port" ] || break; sleep 0.1; done
[ -e "$work/port" ] || fail "the hub does not start" "$work/requests"
export HF_ENDPOINT=http://127.0.0.1:$(cat "$work/port")

small=${3:-}
if [ -z "$small" ]; then
    mkdir "$work/small"
    if mount -t tmpfs -o size=1m tmpfs "$work/small" 2>"$work/err"; then
        small=$work/small
        mounted=$small
    else
        step "SKIPPED the disk that is too small: $(cat "$work/err")"
    fi
fi
if [ -n "$small" ]; then
    expect 74 env ONNXLM_MODELS="$small" "$command" pull acme/phi-tiny
    says 'error\[io\.no_space\].* has [0-9]+ bytes free.* need [0-9]+'
    says 'This engine runs acme/phi-tiny'
    ! grep -q 'model.onnx.data' "$work/requests" || fail "the weights were asked for" "$work/requests"
    step "a disk too small: $(grep -o 'does not fit.*are missing' "$work/err")"
fi

# With room: killed, resumed, verified.
"$command" pull acme/phi-tiny >"$work/out" 2>"$work/err" &
pull=$!
for _ in $(seq 500); do
    grep -qs '"landed":\[\[0,[0-9]\{6,7\}' "$ONNXLM_MODELS"/acme/.phi-tiny.incoming/.onnxlm-pull.json && \
        grep -q 'model.onnx.data' "$work/requests" && sleep 0.2 && break
    sleep 0.02
done
kill -9 "$pull" 2>/dev/null || fail "the download was over before it could be killed" "$work/err"
wait "$pull" 2>/dev/null || :
[ ! -e "$ONNXLM_MODELS/acme/phi-tiny" ] || fail "a half model bears its name"
expect 0 "$command" models
says 'acme/phi-tiny.*incomplete: [0-9]+ of [0-9]+ bytes are downloaded'
step "killed: $(grep -o 'incomplete: [^	]*' "$work/out")"
expect 0 "$command" pull acme/phi-tiny
says 'Going on with [0-9]+ bytes'
step "resumed: $(grep -o 'Going on with [0-9]* bytes' "$work/err")"
expect 0 "$command" verify acme/phi-tiny
says 'model\.onnx\.data.*intact'
cmp -s "$work/hub/model.onnx.data" "$ONNXLM_MODELS/acme/phi-tiny/model.onnx.data" || fail "the weights are not the hub's"
expect 0 "$command" plan acme/phi-tiny --no-speed
expect 0 "$command" doctor acme/phi-tiny
step "verified, planned, examined"

# One command, two answers.
export OPENAI_BASE_URL=$HF_ENDPOINT/v1
chat=("$command" chat acme/phi-tiny --provider local,openai-compatible:far --prompt hello --max-tokens 8 --seed 1)
expect 0 "${chat[@]}"
says 'answered by local'
! grep -q POST "$work/requests" || fail "the remote server was asked" "$work/requests"
step "chat: $(grep -o 'answered by local[^;)]*' "$work/err")"
truncate -s 100000 "$ONNXLM_MODELS/acme/phi-tiny/model.onnx.data"
expect 0 "${chat[@]}"
says 'Answered from afar\.'
says 'local: .*model\.onnx\.data'
says 'answered by openai-compatible'
step "cut short, the same command: $(grep '^(local' "$work/err" | cut -c1-240)"
expect 1 "$command" doctor acme/phi-tiny
says 'PROBLEM  model\.onnx\.data: cut off'
says 'mend it: onnxlm pull acme/phi-tiny'
expect 0 "$command" pull acme/phi-tiny
expect 0 "$command" verify acme/phi-tiny
expect 0 "${chat[@]}"
says 'answered by local'
step "mended by what doctor named; it answers from here again"
