// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

/// A function of one float32.
package enum UnaryFunction: Sendable, Hashable {
    case exp, tanh, erf, sigmoid, silu
    /// With the error function.
    case gelu
    /// With the hyperbolic tangent.
    case geluTanh
    /// `x * sigmoid(factor * x)`.
    case quickGelu(factor: Float)
}

/// A function of two float32.
package enum BinaryFunction: Sendable, Hashable {
    case add, multiply
    /// `silu(a) * b`.
    case siluMultiply
}

extension RowKernels {
    /// `y[i] = f(x[i])`; y may be x. The bits of an element do not depend on its position.
    package static func apply(
        _ function: UnaryFunction, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int,
        workers: WorkerPool, kernels: KernelSet = .current
    ) {
        var parameter: Float = 0
        let kernel: KernelSet.Unary
        switch function {
        case .exp: kernel = kernels.exp
        case .tanh: kernel = kernels.tanh
        case .erf: kernel = kernels.erf
        case .sigmoid: kernel = kernels.sigmoid
        case .silu: kernel = kernels.silu
        case .gelu: kernel = kernels.gelu
        case .geluTanh: kernel = kernels.geluTanh
        case .quickGelu(let factor):
            kernel = kernels.quickGelu
            parameter = factor
        }
        split(rows: count, width: 1, workers) { first, count in
            var args = onnxlm_unary_args(
                x: x + first, y: y + first, count: Int64(count), parameter: parameter)
            kernel(&args)
        }
    }

    /// `y[i] = f(a[i], b[i])`; y may be a or b.
    package static func apply(
        _ function: BinaryFunction, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
        into y: UnsafeMutablePointer<Float>, count: Int, workers: WorkerPool, kernels: KernelSet = .current
    ) {
        let kernel =
            switch function {
            case .add: kernels.add
            case .multiply: kernels.multiply
            case .siluMultiply: kernels.siluMultiply
            }
        split(rows: count, width: 1, workers) { first, count in
            var args = onnxlm_binary_args(a: a + first, b: b + first, y: y + first, count: Int64(count))
            kernel(&args)
        }
    }

    /// A function of two arrays on the calling thread.
    static func apply(
        _ kernel: KernelSet.Binary, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
        into y: UnsafeMutablePointer<Float>, count: Int
    ) {
        var args = onnxlm_binary_args(a: a, b: b, y: y, count: Int64(count))
        kernel(&args)
    }

    /// `silu(gate) * up`, row by row with strides, for gate and up that lie in one buffer; y may be gate or up.
    package static func siluMultiply(
        gate: UnsafePointer<Float>, up: UnsafePointer<Float>, inputRowStride: Int,
        into y: UnsafeMutablePointer<Float>, outputRowStride: Int, rows: Int, width: Int, workers: WorkerPool,
        kernels: KernelSet = .current
    ) {
        split(rows: rows, width: width, workers) { first, count in
            for row in first..<first + count {
                var args = onnxlm_binary_args(
                    a: gate + row * inputRowStride, b: up + row * inputRowStride,
                    y: y + row * outputRowStride,
                    count: Int64(width))
                kernels.siluMultiply(&args)
            }
        }
    }
}
