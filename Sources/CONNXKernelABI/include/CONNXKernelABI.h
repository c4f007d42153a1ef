// SPDX-License-Identifier: Apache-2.0
/// The contract between the code that selects kernels and the kernels themselves: one argument struct per kernel
/// family. Counts are in elements unless a name says bytes; every count may be zero.
#pragma once
#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif
#include "CONNXKernelABI+CPU.h"
#include "CONNXKernelABI+Quantized.h"
#include "CONNXKernelABI+Float.h"
#include "CONNXKernelABI+Rows.h"
#include "CONNXKernelABI+Logits.h"
#include "CONNXKernelABI+Attention.h"
#include "CONNXKernelABI+Peaks.h"
#include "CONNXKernelABI+Intrinsics.h"
#include "CONNXKernelABI+Intrinsics512.h"
#include "CONNXKernelABI+IntrinsicsTiles.h"
