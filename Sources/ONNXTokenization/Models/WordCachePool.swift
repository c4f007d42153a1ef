// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Word caches that are not in use, so that encoders on several threads each have their own.
final class WordCachePool: @unchecked Sendable {
    // Safety: `idle` is touched only while the mutex is held.
    private var idle: [WordCache] = []
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private static let mostIdle = 8

    init() {
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func take() -> WordCache {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return idle.popLast() ?? WordCache()
    }

    func giveBack(_ cache: WordCache) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if idle.count < Self.mostIdle { idle.append(cache) }
    }
}
