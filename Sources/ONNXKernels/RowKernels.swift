// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

/// Kernels over rows and arrays of float32.
///
/// A row is always computed by one thread in one order, so its bits do not depend on the other rows or the threads.
/// Pointers need only the alignment of their elements.
package enum RowKernels {
    /// Elements that make a task worth handing to another thread.
    static let elementsPerTask = 8192

    /// Shares out `rows` rows of `width` elements in ranges.
    static func split(
        rows: Int, width: Int, _ workers: WorkerPool, _ body: (_ first: Int, _ count: Int) -> Void
    ) {
        if rows <= 0 { return }
        let perTask = max(1, elementsPerTask / max(1, width))
        if rows <= perTask {
            body(0, rows)
            return
        }
        workers.run(count: (rows + perTask - 1) / perTask) { task in
            body(task * perTask, min(perTask, rows - task * perTask))
        }
    }
}
