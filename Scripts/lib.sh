# SPDX-License-Identifier: Apache-2.0
# What the scripts share; they source it first.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
command_binary=$root/.build/release/onnxlm
default_model=models/smollm2-135m-instruct

# One configuration and one set of traits for the command and for the tests, so that nothing is built twice. What
# speaks HTTP takes minutes to build: it is left out until something asks for it with ONNXLM_PROVIDERS=1, as the tests
# do. From then on this build folder keeps it, since other traits would compile every target again.
traits=Command
if [ -n "${ONNXLM_PROVIDERS:-}" ] || [ -e "$root/.build/providers" ]; then traits=Command,Providers; fi
build_flags=(-c release --traits "$traits")

# Progress and complaints go to standard error: standard output is for answers and results.
say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# Runs a command with its output on standard error.
quietly() { "$@" >&2; }

# need_disk MEGABYTES FOLDER PURPOSE: stops with a message when the disk that holds FOLDER has less room.
need_disk() {
    local free
    free=$(df -Pk "$2" | awk 'NR == 2 { print int($4 / 1024) }')
    [ "$free" -ge "$1" ] || die "$3 needs $1 MB of free disk space under $2, and $free MB are free." \
        "Free $(($1 - free)) MB there, or clone the repository on a larger disk, then run the command again."
}

# list_files ROOT: the files of a tree, one a line; in a git work tree those that are tracked or could be.
# The samples that checks must reject are left out.
list_files() {
    if [ -e "$1/.git" ]; then
        git -C "$1" -c core.quotePath=false ls-files --cached --others --exclude-standard
    else
        (cd "$1" && find . -type f -not -path './.build*' -not -path './.venv*' | sed 's|^\./||')
    fi | sort -u | { grep -v '^Tests/Checks/' || :; } | while IFS= read -r file; do
        if [ -f "$1/$file" ]; then printf '%s\n' "$file"; fi
    done
}
