// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

/// The instructions that multiply and add in the kernels of a level, for measuring how far a kernel is from them.
package enum Multiplier: String, CaseIterable, Sendable {
    /// Fused multiply-adds of float32.
    case float32
    /// Products of bytes added up in 16 or 32 bits.
    case int8
    /// Products of 16-bit numbers added up in 32 bits.
    case int16

    /// Runs only this instruction, in registers, and gives how many multiply-adds that took; the time is proportional
    /// to `rounds`, a few nanoseconds each.
    @discardableResult
    package func run(rounds: Int, kernels: KernelSet = .current) -> Int {
        var count: Int64 = 0
        var sum: Float = 0
        withUnsafeMutablePointer(to: &count) { count in
            withUnsafeMutablePointer(to: &sum) { sum in
                var args = onnxlm_multiply_adds_args(rounds: Int64(rounds), multiply_adds: count, sum: sum)
                switch self {
                case .float32: kernels.multiplyAddsFloat(&args)
                case .int8: kernels.multiplyAddsInt8(&args)
                case .int16: kernels.multiplyAddsInt16(&args)
                }
            }
        }
        return Int(count)
    }
}
