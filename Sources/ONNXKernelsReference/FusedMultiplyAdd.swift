// SPDX-License-Identifier: Apache-2.0

extension Float {
    /// `self + a * b`, rounded once, as the fused instructions of the faster levels do.
    @inline(__always)
    func addingFused(_ a: Float, _ b: Float) -> Float {
        addingProduct(a, b)
    }
}
