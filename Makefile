# SPDX-License-Identifier: Apache-2.0
# `make help` lists the goals; the work is done by the scripts in Scripts/.

MODEL ?= models/smollm2-135m-instruct
PROMPT ?=
FILTER ?=
OPTIONS ?=

# Taken as typed: `$` and quotes in a prompt mean nothing to make or to a shell.
export ONNXLM_PROMPT := $(value PROMPT)
export ONNXLM_MODEL := $(value MODEL)
export ONNXLM_FILTER := $(value FILTER)
export ONNXLM_OPTIONS := $(value OPTIONS)
unexport PROMPT MODEL FILTER OPTIONS

.PHONY: help chat build test test-deep check format bench bench-kernels bench-tokenizers bench-rivals bench-baseline docs clean

help:
	@Scripts/help.sh

chat: # Talk to a model, or ask it PROMPT="…" once (MODEL=folder, default: SmolLM2-135M-Instruct)
	@Scripts/chat.sh

build: # Build the command: .build/release/onnxlm
	@Scripts/build.sh --product onnxlm

test: # Run the checks and every test (FILTER=name: only the tests of that name, no checks)
	@Scripts/test.sh

test-deep: # Run the long tests: seeded operator cases, a million strings for each tokenizer (Scripts/deep)
	@Scripts/test-deep.sh

check: # Build, then warnings, format, sizes, rooms, data, instructions, a dependent package, instructions per token
	@Scripts/check.sh

format: # Format every Swift file in place
	@Scripts/format.sh

bench: # Time the default model, or MODEL=folder
	@Scripts/bench.sh

bench-kernels: # Time single kernels beside the peaks of memory and multipliers (OPTIONS="FILTER THREADS --json")
	@Scripts/bench-kernels.sh

bench-tokenizers: # Compare the tokenizers with Hugging Face's on one thread (OPTIONS="--rounds 9")
	@Scripts/bench-tokenizers.sh

bench-rivals: # Compare with onnxruntime-genai, llama.cpp and OpenVINO GenAI (OPTIONS="--quick", "--resume", "--help")
	@Scripts/bench-rivals.sh

bench-baseline: # Record the instructions per token that 'make check' compares with
	@Scripts/build.sh --product onnxlm
	@Scripts/check-performance.sh --record

docs: # Make the documentation archive .build/docs/ONNXLM.doccarchive
	@Scripts/docs.sh

clean: # Remove what builds made (not models/)
	rm -rf .build .build-dependent
