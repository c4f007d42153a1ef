# SPDX-License-Identifier: Apache-2.0
"""count_instructions.py COMMAND SCRATCH: instructions, and allocations, per token, a line `NAME COUNT` each.

Runs `COMMAND bench` under callgrind on a small random model. Each figure is the difference between two runs that differ
in their tokens alone, so that loading and whatever else both do cancels out. The counts of one binary repeat to a few
millionths; one thread computes, so nothing waits or spins. The profiles stay in SCRATCH for callgrind_annotate.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

# Prompt and new tokens of the runs; prompts are read whole, so a longer one costs its own positions alone.
RUNS = [(256, 49), (256, 17), (136, 1), (8, 49), (8, 17), (8, 1)]
# For each figure: the longer run, the shorter one, the tokens by which they differ.
FIGURES = {
    "prefill": ((136, 1), (8, 1), 128),
    "decode": ((8, 49), (8, 17), 32),
    "decode-after-256": ((256, 49), (256, 17), 32),
}
# Of these, the calls of the functions that allocate.
ALLOCATIONS = {"decode-allocations": "decode", "decode-after-256-allocations": "decode-after-256"}
ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "memalign"}
ENVIRONMENT = {
    # The kernels that valgrind can run, and no seeds or threads that change from run to run.
    "ONNXLM_CPU_LEVEL": "avx2", "SWIFT_DETERMINISTIC_HASHING": "1", "OPENBLAS_NUM_THREADS": "1",
}


def main():
    command, scratch = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    scratch.mkdir(parents=True, exist_ok=True)
    # valgrind does not read the debugging information of every compiler.
    program = scratch / "onnxlm"
    subprocess.run(["objcopy", "--strip-debug", command, program], check=True)
    model = scratch / "model"
    call([program, "synthesize", "small", model, "--overwrite"])
    more = ["--no-cache"] if "--no-cache" in call([program, "bench", "--help"]) else []

    def count(run):
        prompt, new = run
        output = call([
            "valgrind", "--tool=callgrind", f"--callgrind-out-file={scratch}/callgrind.{prompt}.{new}", program,
            "bench", model, "--threads", "1", "--prompt-tokens", str(prompt), "--new-tokens", str(new),
            "--warm-up-tokens", "0", "--repeat", "1", "--no-memory-rate", *more])
        found = re.search(r"Collected : (\d+)", output)
        return int(found[1]) if found else sys.exit(f"error: callgrind counted nothing:\n{output}")

    # The longest first.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        counts = dict(zip(RUNS, pool.map(count, RUNS)))
    for name, (longer, shorter, tokens) in FIGURES.items():
        print(name, (counts[longer] - counts[shorter]) // tokens)
    for name, figure in ALLOCATIONS.items():
        longer, shorter, tokens = FIGURES[figure]
        more = allocations(scratch, longer) - allocations(scratch, shorter)
        # What happens once in many tokens, as when a list grows, is none.
        print(name, round(more / tokens))


def allocations(scratch, run):
    """The calls of allocators in a profile; allocators that call each other count once."""
    names, calls, caller, callee = {}, 0, "", ""
    with open(scratch / f"callgrind.{run[0]}.{run[1]}") as profile:
        for line in profile:
            found = re.match(r"(c?fn)=\((\d+)\)(?: (\S+))?", line)
            if found:
                kind, number, name = found.groups()
                if name:
                    names[number] = name.split("@")[0].removeprefix("__libc_")
                if kind == "fn":
                    caller = names[number]
                else:
                    callee = names[number]
            elif line.startswith("calls=") and callee in ALLOCATORS and caller not in ALLOCATORS:
                calls += int(line[6:].split()[0])
    return calls or sys.exit(f"error: the profile of {run} names no allocator")


def call(command):
    """What a command prints, complaints included; its failure is ours."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, **ENVIRONMENT})
    if done.returncode != 0:
        sys.exit(f"error: {' '.join(map(str, command[:4]))} ended with status {done.returncode}:\n{done.stdout}")
    return done.stdout


main()
