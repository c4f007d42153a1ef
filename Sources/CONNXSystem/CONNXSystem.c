// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CONNXSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__linux__)
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#endif

#ifndef O_PATH
#define O_PATH 0
#endif

// O_NONBLOCK: opening a FIFO that nobody writes to must not wait.
static const int reading = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

int onnxlm_open_folder(const char *path) {
    int descriptor = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

int onnxlm_open_beneath(int folder, const char *path) {
#if defined(__linux__) && defined(SYS_openat2)
    // The kernel's `struct open_how`; not every libc's headers have it.
    struct {
        uint64_t flags;
        uint64_t mode;
        uint64_t resolve;
    } how = {(uint64_t)reading, 0, 0x08 /* RESOLVE_BENEATH */ | 0x02 /* RESOLVE_NO_MAGICLINKS */};
    for (int attempt = 0; attempt < 100; attempt++) {
        long descriptor = syscall(SYS_openat2, folder, path, &how, sizeof how);
        if (descriptor >= 0) return (int)descriptor;
        // EAGAIN: something was renamed during the walk; EINTR: a signal came.
        if (errno != EAGAIN && errno != EINTR) return -errno;
    }
    return -EAGAIN;
#else
    (void)folder;
    (void)path;
    return -ENOSYS;
#endif
}

int onnxlm_open_walking(int folder, const char *path) {
    char component[256];
    int current = folder;
    for (;;) {
        const char *slash = strchr(path, '/');
        size_t length = slash ? (size_t)(slash - path) : strlen(path);
        int failure = 0;
        if (length == 0) failure = ENOENT;
        if (length >= sizeof component) failure = ENAMETOOLONG;
        if (length == 2 && path[0] == '.' && path[1] == '.') failure = EXDEV;
        int next = -1;
        if (failure == 0) {
            memcpy(component, path, length);
            component[length] = 0;
            int flags = slash ? O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW : reading | O_NOFOLLOW;
            next = openat(current, component, flags);
            if (next < 0) failure = errno;
        }
        if (current != folder) close(current);
        if (failure != 0) return -failure;
        if (!slash) return next;
        current = next;
        path = slash + 1;
    }
}

int onnxlm_is_pseudo_file(int descriptor) {
#if defined(__linux__)
    struct statfs info;
    if (fstatfs(descriptor, &info) != 0) return 0;
    return info.f_type == 0x9fa0 /* procfs */ || info.f_type == 0x62656572 /* sysfs */;
#else
    (void)descriptor;
    return 0;
#endif
}

int onnxlm_reserve_space(int descriptor, int64_t count) {
#if defined(__linux__)
    return fallocate(descriptor, 0, 0, count) == 0 ? 0 : -errno;
#else
    (void)descriptor;
    (void)count;
    return -ENOSYS;
#endif
}

void onnxlm_ask_for_large_pages(void *address, size_t count) {
#if defined(__linux__)
    madvise(address, count, MADV_HUGEPAGE);
#else
    (void)address;
    (void)count;
#endif
}

int onnxlm_write_all(int descriptor, const void *bytes, size_t count, int64_t offset) {
    const char *next = bytes;
    while (count > 0) {
        // Some systems refuse more than 2 GiB at once.
        size_t piece = count < (size_t)1 << 30 ? count : (size_t)1 << 30;
        ssize_t written = pwrite(descriptor, next, piece, (off_t)offset);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return written < 0 ? -errno : -ENOSPC;
        next += written;
        offset += written;
        count -= (size_t)written;
    }
    return 0;
}

void onnxlm_lower_priority(int only_when_idle) {
#if defined(__linux__)
    // On Linux both calls with 0 mean the calling thread.
    if (only_when_idle) {
        struct sched_param parameters = {0};
        sched_setscheduler(0, SCHED_IDLE, &parameters);
    } else {
        setpriority(PRIO_PROCESS, 0, 10);
    }
#else
    (void)only_when_idle;
#endif
}

void onnxlm_map_pages(const void *base, size_t count) {
#if defined(__linux__)
    // Large pages where the file comes from the disk; where it is in memory, it stays as it was written.
    madvise((void *)base, count, MADV_HUGEPAGE);
    // In pieces, so that other threads can map and unmap in between. 22 is MADV_POPULATE_READ.
    const size_t piece = (size_t)16 << 20;
    for (size_t start = 0; start < count; start += piece) {
        size_t length = count - start < piece ? count - start : piece;
        if (madvise((char *)base + start, length, 22) != 0 && errno != EINTR) return;
    }
#else
    madvise((void *)base, count, MADV_WILLNEED);
#endif
}
