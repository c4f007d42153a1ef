// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdint.h>

#pragma clang assume_nonnull begin

/// What the processor and the operating system say of themselves; all zero where there is no such instruction.
typedef struct onnxlm_cpu_words {
    uint32_t leaf1_ecx;
    uint32_t leaf7_ebx;
    uint32_t leaf7_ecx;
    uint64_t xcr0;
} onnxlm_cpu_words;

/// Reads the words of the processor that runs this.
onnxlm_cpu_words onnxlm_read_cpu_words(void);

/// Cores in this thread's affinity mask; 0 where the system does not say.
int64_t onnxlm_affinity_core_count(void);

/// Tells the processor that this thread waits in a loop.
static inline void onnxlm_spin_hint(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("yield");
#endif
}

#pragma clang assume_nonnull end
