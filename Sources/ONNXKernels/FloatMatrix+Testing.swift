// SPDX-License-Identifier: Apache-2.0
import CONNXOpenBLAS

extension FloatMatrix {
    /// Threads that OpenBLAS would use for one product.
    package static var blasThreadCount: Int { Int(openblas_get_num_threads()) }
}
