// SPDX-License-Identifier: Apache-2.0

extension WorkerPool {
    /// Nanoseconds of processor time that the threads of the pool, without the callers, have used.
    package var processorNanoseconds: Int { crew.processorNanoseconds }
}
