// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXTensors

extension TypedKernels {
    /// The indices of the true elements of a bool tensor as int64 `[rank, count]`, in row-major order.
    package static func positions(ofTrue flags: Tensor) throws(ONNXError) -> Tensor {
        let from = flags.pointer(to: UInt8.self)
        let marked = (0..<flags.shape.elementCount).filter { from[$0] != 0 }
        let result = try Tensor(allocating: .int64, try Shape([flags.shape.rank, marked.count]))
        let to = result.mutablePointer(to: Int64.self)
        let strides = flags.shape.strides
        for axis in 0..<flags.shape.rank {
            for (column, offset) in marked.enumerated() {
                to[axis * marked.count + column] = Int64(offset / strides[axis] % flags.shape[axis])
            }
        }
        return result
    }

    /// Fills `output`, seen through `view`, with the first of two values and puts the second where the int64 index
    /// of `[outer, inner]` says; an index outside `−length..<length` marks nothing.
    package static func oneHot(
        _ indices: Tensor, values: Tensor, view: AxisView, into output: Tensor
    ) throws(ONNXError) {
        try dispatchWidth(
            output.elementType, OneHotWork(indices: indices, values: values, view: view, output: output),
            in: "OneHot")
    }
}

private struct OneHotWork: MoveWork {
    let indices: Tensor
    let values: Tensor
    let view: AxisView
    let output: Tensor

    func callAsFunction<Element: BitwiseCopyable>(_ type: Element.Type) throws(ONNXError) {
        let from = indices.pointer(to: Int64.self)
        let to = output.mutablePointer(to: type)
        let (off, on) = (values.pointer(to: type)[0], values.pointer(to: type)[1])
        to.update(repeating: off, count: output.shape.elementCount)
        for group in 0..<view.outer * view.inner {
            let index = Int(from[group])
            guard index >= -view.length, index < view.length else { continue }
            let position = index < 0 ? index + view.length : index
            to[((group / view.inner) * view.length + position) * view.inner + group % view.inner] = on
        }
    }
}
