// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif
