// SPDX-License-Identifier: Apache-2.0
#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif
// All headers: the package manager compiles what imports them anew when this file is, which is when one of them changes.
#include "CONNXKernelABI.h"

int64_t onnxlm_affinity_core_count(void) {
#if defined(__linux__)
    // The system call fails while the set is smaller than the kernel's own.
    for (int cpus = 1024; cpus <= 1 << 20; cpus *= 4) {
        cpu_set_t *set = CPU_ALLOC(cpus);
        if (!set) {
            return 0;
        }
        size_t size = CPU_ALLOC_SIZE(cpus);
        int64_t count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (count > 0) {
            return count;
        }
    }
#endif
    return 0;
}

#if defined(__x86_64__)
#include <cpuid.h>

/// Linux saves the 8 kB of tiles only for processes that have asked (ARCH_REQ_XCOMP_PERM, the component XTILEDATA).
static uint32_t asks_for_tiles(void) {
#if defined(__linux__)
    return syscall(SYS_arch_prctl, 0x1023, 18) == 0;
#else
    return 0;
#endif
}

onnxlm_cpu_words onnxlm_read_cpu_words(uint32_t wants_tiles) {
    onnxlm_cpu_words words = {0};
    uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (__get_cpuid(0, &eax, &ebx, &ecx, &edx)) words.leaf0_ebx = ebx;
    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) {
        words.leaf1_ecx = ecx;
        if (ecx & (1u << 27)) {
            uint32_t low = 0, high = 0;
            __asm__ __volatile__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
            words.xcr0 = ((uint64_t)high << 32) | low;
        }
    }
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) {
        words.leaf7_ebx = ebx;
        words.leaf7_ecx = ecx;
        words.leaf7_edx = edx;
        words.permits_tiles = wants_tiles && (edx & (1u << 24)) ? asks_for_tiles() : 0;
    }
    return words;
}
#else
onnxlm_cpu_words onnxlm_read_cpu_words(uint32_t wants_tiles) {
    (void)wants_tiles;
    onnxlm_cpu_words words = {0};
    return words;
}
#endif
