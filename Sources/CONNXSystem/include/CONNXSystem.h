// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Opens a folder for the calls below; returns a descriptor or a negated errno.
int onnxlm_open_folder(const char *path);

/// Opens `path`, relative to `folder`, for reading, in one system call that cannot leave the folder: an absolute
/// path, a climbing `..` or a symbolic link that leads out gives -EXDEV. Symbolic links that stay inside are
/// followed. Returns a descriptor or a negated errno; -ENOSYS where the system has no such call.
int onnxlm_open_beneath(int folder, const char *path);

/// Opens `path`, relative to `folder`, for reading, component by component, and follows no symbolic link: one on
/// the way gives -ELOOP or -ENOTDIR, a component `..` gives -EXDEV. For systems without the call above. Returns a
/// descriptor or a negated errno.
int onnxlm_open_walking(int folder, const char *path);

/// Whether `descriptor` stands for something that the kernel makes up (procfs, sysfs) and that only looks like a
/// regular file.
int onnxlm_is_pseudo_file(int descriptor);

/// Asks for large pages for memory, or for what is read of a mapped file from now on, where the system has them.
void onnxlm_ask_for_large_pages(void *address, size_t count);

/// Takes room for `count` bytes of the file on its disk. Returns 0 or a negated errno; -EOPNOTSUPP and -ENOSYS
/// where it cannot be told whether there is room.
int onnxlm_reserve_space(int descriptor, int64_t count);

/// Writes all `count` bytes at `offset` of the file. Returns 0 or a negated errno; -ENOSPC where the system takes no more
/// of them and names no error.
int onnxlm_write_all(int descriptor, const void *bytes, size_t count, int64_t offset);

/// Maps the pages of a region of a file, reading those that are not in memory; `base` is the start of a page. Only
/// advice: where the system has no such call, or it fails, pages are mapped when they are read.
void onnxlm_map_pages(const void *base, size_t count);

/// Makes the calling thread give way to others: somewhat, or whenever another wants its processor. Does nothing
/// where threads have no priority of their own.
void onnxlm_lower_priority(int only_when_idle);

/// Writes the SHA-1 sum of `count` bytes; `bytes` may be null when there are none.
void onnxlm_sha1(const void *bytes, size_t count, uint8_t digest[20]);

/// A SHA-256 sum that is being made.
typedef struct {
    uint32_t state[8];
    uint64_t count;
    uint8_t block[64];
    int is_plain;
} onnxlm_sha256;

/// Starts a sum; with `is_plain` it does without the processor's own instructions for it.
void onnxlm_sha256_begin(onnxlm_sha256 *sum, int is_plain);

/// Adds `count` bytes; `bytes` may be null when there are none.
void onnxlm_sha256_add(onnxlm_sha256 *sum, const void *bytes, size_t count);

/// Writes the sum, which takes no more bytes then.
void onnxlm_sha256_end(onnxlm_sha256 *sum, uint8_t digest[32]);
