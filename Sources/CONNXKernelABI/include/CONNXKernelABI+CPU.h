// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdint.h>

#pragma clang assume_nonnull begin

/// What the processor and the operating system say of themselves; all zero where there is no such instruction.
typedef struct onnxlm_cpu_words {
    /// The first letters of the maker's name.
    uint32_t leaf0_ebx;
    uint32_t leaf1_ecx;
    uint32_t leaf7_ebx;
    uint32_t leaf7_ecx;
    uint32_t leaf7_edx;
    uint64_t xcr0;
    /// 1 where the system has let this process use AMX tiles, which it must be asked for.
    uint32_t permits_tiles;
} onnxlm_cpu_words;

/// Reads the words of the processor that runs this. Only who `wants_tiles` asks the system for them: from then on it refuses
/// this process alternate signal stacks that are too small for 8 kB more.
onnxlm_cpu_words onnxlm_read_cpu_words(uint32_t wants_tiles);

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

/// Fetches the cache line of an address that is about to be read.
static inline void onnxlm_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/// Fetches the cache line of an address as near as the second-level cache.
static inline void onnxlm_prefetch_to_second_level(const void *address) { __builtin_prefetch(address, 0, 2); }

/// Asks for lines behind an address that a stream has reached: for the one 12 kB on to come as near as the second-level cache,
/// where more requests may be under way than the first-level cache can wait for, and for the one 2 kB on to come all the way.
/// docs/kernels.md says what it brings.
static inline void onnxlm_read_ahead(const void *address) {
    onnxlm_prefetch_to_second_level((const char *)address + 12288);
    onnxlm_prefetch((const char *)address + 2048);
}

/// Fetches the cache line of an address that is about to be written; nothing where there is no such instruction.
static inline void onnxlm_prefetch_for_writing(const void *address) {
    // Baseline x86-64 has no name for it; processors without it take it as no operation.
#if defined(__x86_64__)
    __asm__ __volatile__("prefetchw %0" : : "m"(*(const char *)address));
#else
    __builtin_prefetch(address, 1, 3);
#endif
}

#pragma clang assume_nonnull end
