// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The writing of one cache file in the background.
// Safety: the mutex guards the result, the only thing that changes.
package final class PackCacheWriting: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let ended = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var result: Result<Void, ONNXError>?

    /// Starts writing on a thread of lower priority.
    package init(_ writer: PackCacheWriter) {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(ended, nil)
        let hasStarted = BackgroundThread.start {
            do throws(ONNXError) {
                try writer.write()
                self.end(.success(()))
            } catch {
                self.end(.failure(error))
            }
        }
        if !hasStarted {
            end(.failure(ONNXError("system.thread", "The system gives no thread to write the cache file.")))
        }
    }

    deinit {
        pthread_mutex_destroy(lock)
        pthread_cond_destroy(ended)
        lock.deallocate()
        ended.deallocate()
    }

    private func end(_ result: Result<Void, ONNXError>) {
        pthread_mutex_lock(lock)
        self.result = result
        pthread_cond_broadcast(ended)
        pthread_mutex_unlock(lock)
    }

    /// Waits until the file is written.
    ///
    /// - Throws: what ``PackCacheWriter/write()`` throws.
    package func wait() throws(ONNXError) {
        pthread_mutex_lock(lock)
        while result == nil { pthread_cond_wait(ended, lock) }
        let result = self.result ?? .success(())
        pthread_mutex_unlock(lock)
        try result.get()
    }
}
